import { expect, test } from 'vitest';
import { DEFAULTS, hostPattern, issuerUrl, origin, readSettings, samePlaces } from './places';

test.each([
  ['https://api.example', 'https://api.example'],
  [' https://API.example:443/ ', 'https://api.example'],
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ['http://localhost:1/', 'http://localhost:1'],
])('%s is a place', (text, expected) => {
  expect(origin(text)).toBe(expected);
});

test.each([
  'http://api.example', 'http://localhost.example', 'http://127.1.example', 'ftp://localhost', 'api.example', '', 3,
  'https://user@api.example', 'https://api.example/path', 'https://api.example?x', 'https://api.example/#x', undefined,
])('%s is none', (text) => {
  expect(origin(text)).toBeUndefined();
});

test('a provider may have a path', () => {
  expect(issuerUrl('https://id.example/realms/one/')).toBe('https://id.example/realms/one');
  expect(issuerUrl('http://id.example')).toBeUndefined();
});

test('what makes no sense in the storage is passed over', () => {
  expect(readSettings(undefined)).toEqual(DEFAULTS);
  const stored = { api: 'http://elsewhere.example', issuer: 'https://i.example', expiringDays: 1000, notify: 'no', device: { provider: 'https://p.example' } };
  expect(readSettings(stored)).toEqual({ ...DEFAULTS, issuer: 'https://i.example' });
  const whole = { ...DEFAULTS, expiringDays: 90, notify: false, device: { provider: 'https://p.example/a', clientId: 'c' } };
  expect(readSettings(JSON.parse(JSON.stringify(whole)))).toEqual(whole);
});

test('places are the same when all four are', () => {
  expect(samePlaces(DEFAULTS, { ...DEFAULTS, notify: false } as typeof DEFAULTS)).toBe(true);
  expect(samePlaces(DEFAULTS, { ...DEFAULTS, registry: 'https://r.example' })).toBe(false);
});

test('a browser leaves ports out', () => {
  expect(hostPattern('http://127.0.0.1:8080')).toBe('http://127.0.0.1/*');
  expect(hostPattern('https://id.example/realms/one')).toBe('https://id.example/*');
});
