import type { PullTokenInfo } from 'pulltoken/web/core';
import { expect, test } from 'vitest';
import { badgeText, expiringWithin, quoted, readAnnounced, unannounced } from './expiring';

const NOW = new Date('2026-11-01T00:00:00Z');
const DAY = 86_400_000;
const token = (id: string, days: number | null): PullTokenInfo => ({
  id, name: `name of ${id}`, description: '', ecosystems: [], roles: [], createdAt: null, lastSeenAt: null, expired: false,
  expiresAt: days === null ? null : new Date(NOW.getTime() + days * DAY),
});

test('expiring is what ends within the days, to the millisecond, and has not ended', () => {
  const tokens = [token('later', 14 + 1 / DAY), token('last', 14), token('never', null), token('over', 0), token('next', 1 / DAY)];
  expect(expiringWithin(14, tokens, NOW).map(({ id }) => id)).toEqual(['next', 'last']);
});

test('a token is announced once, and forgotten when it has ended', () => {
  const [a, b] = expiringWithin(14, [token('a', 3), token('b', 5)], NOW);
  const first = unannounced([a!], { old: NOW.getTime() }, NOW);
  expect(first).toEqual({ fresh: [a], announced: { a: a!.expiresAt.getTime() } });
  const second = unannounced([a!, b!], first.announced, NOW);
  expect(second.fresh).toEqual([b]);
  expect(unannounced([a!, b!], second.announced, NOW).fresh).toEqual([]);
  // A name of the prototype's is no announced token.
  expect(unannounced([{ ...a!, id: 'constructor' }], {}, NOW).fresh).toHaveLength(1);
});

test('a storage may hold anything', () => {
  expect(readAnnounced({ a: 1, b: 'x', c: null })).toEqual({ a: 1 });
  expect(readAnnounced(undefined)).toEqual({});
});

test('a badge has four places', () => {
  expect([0, 1, 999, 1000].map(badgeText)).toEqual(['', '1', '999', '999+']);
});

test('a name turns nothing around it and is not endless', () => {
  expect(quoted('a\u202eb\u2069\n')).toBe('\u2068a\ufffdb\ufffd\ufffd\u2069');
  expect(quoted('🧑‍🚀'.repeat(512))).toBe(`\u2068${'🧑‍🚀'.repeat(59)}…\u2069`);
});
