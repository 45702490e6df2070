import { beforeAll, expect, test, vi } from 'vitest';
import { relative } from './time';

beforeAll(() => {
  vi.stubGlobal('chrome', { i18n: { getMessage: () => 'en' } });
});

const DAY = 86_400;

test.each([
  [400 * DAY, 'in 13 months'],
  [730 * DAY, 'in 2 years'],
  [180 * DAY, 'in 6 months'],
  [180 * DAY - 1, 'in 179 days'],
  [2 * DAY, 'in 2 days'],
  [2 * DAY - 1, 'in 47 hours'],
  [119, 'in 119 seconds'],
  [0, 'in 0 seconds'],
  [-1, '1 second ago'],
  [-(4 * DAY) - 3600, '4 days ago'],
])('%d seconds are "%s"', (seconds, words) => {
  expect(relative(seconds)).toBe(words);
});
