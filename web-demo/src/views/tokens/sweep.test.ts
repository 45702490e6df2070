import { PullTokenError, type SweepReport } from 'pulltoken/web/core';
import { expect, test } from 'vitest';
import { outcomeOf, tenth } from './sweep';

test.each([
  [0, 40, 0],
  [3, 40, 0],
  [4, 40, 1],
  [39, 40, 9],
  [40, 40, 10],
  [0, 0, 10],
])('%i of %i is in tenth %i', (done, total, expected) => {
  expect(tenth({ done, total })).toBe(expected);
});

const REPORT: SweepReport = { found: [], deleted: ['a', 'b'], left: ['c'], failed: [] };

test('an outcome is counted', () => {
  expect(outcomeOf({ report: REPORT })).toEqual({ deleted: 2, left: 1, failed: [] });
});

test('one that was stopped tells how far it came', () => {
  const error = Object.create(PullTokenError.prototype, { sweep: { value: REPORT } }) as PullTokenError;
  expect(outcomeOf({ error })).toEqual({ deleted: 2, left: 1, failed: [], error });
});

test('one that never began deleted nothing', () => {
  const error = new Error('x');
  expect(outcomeOf({ error })).toEqual({ deleted: 0, left: 0, failed: [], error });
});
