import { expect, test } from 'vitest';
import { drawn, moved, scrolledTo, stepped } from './viewport';

const VIEW = { count: 10_000, rowHeight: 44, height: 600, scrollTop: 0 };

test('whatever is scrolled to, every row in sight is drawn, and few others', () => {
  for (let scrollTop = -50; scrollTop <= VIEW.count * VIEW.rowHeight; scrollTop += 7 * 13) {
    const { from, to } = drawn({ ...VIEW, scrollTop });
    const first = Math.max(0, Math.floor(scrollTop / VIEW.rowHeight));
    const last = Math.min(VIEW.count, Math.ceil((Math.max(0, scrollTop) + VIEW.height) / VIEW.rowHeight));
    expect(from).toBeGreaterThanOrEqual(0);
    expect(from).toBeLessThanOrEqual(first);
    expect(to).toBeGreaterThanOrEqual(last);
    expect(to).toBeLessThanOrEqual(VIEW.count);
    expect(to - from).toBeLessThanOrEqual(48);
  }
});

test('a short list is drawn whole, and an empty one not at all', () => {
  expect(drawn({ ...VIEW, count: 3 })).toEqual({ from: 0, to: 3 });
  expect(drawn({ ...VIEW, count: 0 })).toEqual({ from: 0, to: 0 });
  // It was longer when it was scrolled.
  expect(drawn({ ...VIEW, count: 3, scrollTop: 9_000 })).toEqual({ from: 0, to: 3 });
});

test('most of the scrolling changes nothing', () => {
  expect(new Set(Array.from({ length: 44 * 4 }, (_, pixels) => stepped(pixels, 44))).size).toBe(1);
  expect(stepped(44 * 4, 44)).toBe(44 * 4);
});

test('a row is scrolled to as little as possible', () => {
  expect(scrolledTo(5, VIEW)).toBe(0);
  expect(scrolledTo(20, VIEW)).toBe(21 * 44 - 600);
  expect(scrolledTo(3, { ...VIEW, scrollTop: 500 })).toBe(3 * 44);
});

test.each([
  ['ArrowDown', 0, 1],
  ['ArrowUp', 0, 0],
  ['ArrowUp', 7, 6],
  ['ArrowDown', 9_999, 9_999],
  ['PageDown', 0, 12],
  ['PageUp', 20, 8],
  ['Home', 500, 0],
  ['End', 500, 9_999],
  ['a', 5, undefined],
])('%s leads from row %i to %s', (key, from, to) => {
  expect(moved(key, from, VIEW)).toBe(to);
});

test('no key leads anywhere in an empty list', () => {
  expect(moved('End', 0, { ...VIEW, count: 0 })).toBeUndefined();
});
