import { expect, test } from 'vitest';
import { lifeOf, secondsBetween } from './life';
import { NOW, token } from './sample';

test.each([
  [30, 'valid'],
  [14, 'valid'],
  [13.999, 'expiring'],
  [0.001, 'expiring'],
  [0, 'expired'],
  [-4, 'expired'],
  [null, 'valid'],
] as const)('a token that ends in %s days is %s', (days, life) => {
  expect(lifeOf(token('a', days), NOW, 14)).toBe(life);
});

test('a token grows old while the page is open, whatever the list said when it was read', () => {
  const listed = token('a', 1);
  expect(listed.expired).toBe(false);
  expect(lifeOf(listed, new Date(NOW.getTime() + 2 * 86_400_000), 14)).toBe('expired');
});

test('what says no end is as the server says', () => {
  expect(lifeOf({ expiresAt: null, expired: true }, NOW, 14)).toBe('expired');
});

test('seconds are rounded down on both sides of now', () => {
  expect(secondsBetween(NOW, new Date(NOW.getTime() + 1_999))).toBe(1);
  expect(secondsBetween(NOW, new Date(NOW.getTime() - 1))).toBe(-1);
});
