import '../../core.setup';
import { ecosystems, PullTokenError } from 'pulltoken/web/core';
import { expect, test } from 'vitest';
import { daysAllowed, EMPTY, faultsOf, offered, requestOf, ttlOf } from './draft';

const DRAFT = { ...EMPTY, ecosystems: ['java'] };

test('an untouched draft lacks only what it is for', () => {
  expect(faultsOf(EMPTY)).toEqual({ ecosystems: 'missing' });
  expect(faultsOf(DRAFT)).toEqual({});
});

test('the core names the first character that is wrong, and its position', () => {
  expect(faultsOf({ ...DRAFT, name: 'ok/no' }).name).toMatch(/`\/` at position 3/);
  expect(faultsOf({ ...DRAFT, description: 'a\tb' }).description).toMatch(/tab at position 2/);
  expect(faultsOf({ ...DRAFT, description: '🚀'.repeat(513) }).description).toMatch(/position 513/);
  expect(faultsOf({ ...DRAFT, description: '🚀'.repeat(512) })).toEqual({});
});

test.each([
  ['1', '24h'],
  ['30', '720h'],
  [' 365 ', '8760h'],
  ['366', undefined],
  ['0', undefined],
  ['', undefined],
  ['-1', undefined],
  ['1.5', undefined],
  ['1e2', undefined],
])('%j days are %s', (days, ttl) => {
  expect(ttlOf(days)).toBe(ttl);
  expect(faultsOf({ ...DRAFT, days }).days).toBe(ttl === undefined ? 'range' : undefined);
});

test('what is empty is left to the core', () => {
  expect(requestOf(DRAFT, 'example')).toEqual({ parent: 'example', ecosystems: ['java'], ttl: '720h' });
  const full = { ...DRAFT, name: 'n', description: 'd', days: '7' };
  expect(requestOf(full, 'example')).toEqual({ parent: 'example', ecosystems: ['java'], ttl: '168h', name: 'n', description: 'd' });
});

const refusal = (message: string, code: PullTokenError['code'] = 'ttl_exceeds_plan') => {
  const error = Object.create(PullTokenError.prototype, { code: { value: code }, message: { value: message } }) as PullTokenError;
  return daysAllowed(error);
};

test('the plan is what the server says it is, and unknown where it says nothing', () => {
  expect(refusal('create the identity: expiration must be at most 168h0m0s from now')).toBe(7);
  expect(refusal('at most 720h.')).toBe(30);
  expect(refusal('at most 100000h from now')).toBeUndefined();
  expect(refusal('not so long')).toBeUndefined();
  expect(refusal('at most 168h from now', 'invalid_argument')).toBeUndefined();
  expect(daysAllowed(new Error('168h'))).toBeUndefined();
});

test('what the organisation has is offered first, what it lacks last', () => {
  const rows = offered(ecosystems(), new Set(['python']));
  expect(rows[0]).toEqual({ ecosystem: 'python', isEntitled: true });
  expect(rows.slice(1, 3).map(({ ecosystem }) => ecosystem).sort()).toEqual(['apk', 'oci']);
  expect(rows.at(-1)?.isEntitled).toBe(false);
  expect(offered(ecosystems(), undefined).every(({ isEntitled }) => isEntitled === undefined)).toBe(true);
});
