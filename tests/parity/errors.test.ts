// Whatever is passed in, what comes out is a PullTokenError of a documented code.
import { createRequire } from 'node:module';

import { describe, expect, test } from 'vitest';

import { runtimes } from './runtimes.ts';
import { credentials } from './samples.ts';

const circle: Record<string, unknown> = {};
circle['self'] = circle;

/** No call takes any of these for an argument that has to be a text or an object. */
const wrong: [name: string, value: unknown][] = [
  ['undefined', undefined],
  ['null', null],
  ['a number', 5],
  ['a BigInt', 5n],
  ['true', true],
  ['a symbol', Symbol('x')],
  ['a function', () => 'x'],
  ['a circle', circle],
  ['an array', ['x']],
  ['half a surrogate pair', '\ud800'],
];

describe.each(runtimes)('%s', (_name, api) => {
  const functions: [name: string, call: (value: never) => unknown][] = [
    ['parseTtl', (value) => api.parseTtl(value)],
    ['parseUidp', (value) => api.parseUidp(value)],
    ['validateName', (value) => api.validateName(value)],
    ['validateDescription', (value) => api.validateDescription(value)],
    ['ecosystemOfRole', (value) => api.ecosystemOfRole(value)],
    ['parseNetrc', (value) => api.parseNetrc(value)],
    ['detectFormat', (value) => api.detectFormat(value)],
    ['githubMasks', (value) => api.githubMasks(value)],
    ['inspectCredentials', (value) => api.inspectCredentials(value)],
    ['render', (value) => api.render(value, 'env')],
    ['render, the format', (value) => api.render(credentials, value)],
    ['authorizationHeader', (value) => api.authorizationHeader(value, credentials)],
    ['edit, the text', (value) => api.edit(value, 'npmrc', credentials)],
    ['remove, the text', (value) => api.remove(value, 'npmrc')],
    ['parse, the text', (value) => api.parse(value, 'npmrc')],
  ];

  describe.each(functions)('%s', (_function, call) => {
    test.each(wrong)('refuses %s', (_value, value) => {
      expect(() => call(value as never)).toThrow(expect.objectContaining({ name: 'PullTokenError', code: 'usage' }));
    });
  });

  test.each(wrong.filter(([, value]) => typeof value !== 'string'))('a password may not be %s', (_value, value) => {
    expect(() => api.inspectCredentials({ username: 'x', password: value as never })).toThrow(
      expect.objectContaining({ name: 'PullTokenError', code: 'usage' }),
    );
  });

  test('a report takes any text', () => {
    expect(api.inspectCredentials({ username: '\ud800', password: '\ud800.\u0000' }).state).toBe('malformed');
  });

  test('an option of the wrong kind is named', () => {
    const inspect = (options: object) => () => api.inspectCredentials(credentials, options);
    expect(inspect({ now: 'yesterday' })).toThrow(/`now`/);
    expect(inspect({ now: new Date(Number.NaN) })).toThrow(expect.objectContaining({ code: 'invalid_time' }));
    expect(inspect({ now: new Date(8.64e15) })).toThrow(expect.objectContaining({ code: 'invalid_time' }));
    expect(inspect({ expiringWithinSeconds: -1 })).toThrow(/`expiringWithinSeconds`/);
    expect(() => api.inspectCredentials(credentials, 5 as never)).toThrow(/`options`/);
    expect(() => api.render(credentials, 'npmrc', { remediated: 'yes' as never })).toThrow(/`options.remediated`/);
  });

  test('an error has a code, a message and a hint, and says so as JSON', () => {
    let error: unknown;
    try {
      api.parseTtl('9000h');
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(api.PullTokenError);
    expect(error).toBeInstanceOf(Error);
    expect(JSON.parse(JSON.stringify(error))).toStrictEqual({
      code: 'ttl_out_of_range',
      message: 'a time to live of 9000h0m0s is 375.0 days, the limit is 8760h (365 days)',
      hint: 'choose more than 0 and at most 8760h (365 days)',
    });
    expect(String(error)).toMatch(/^PullTokenError: a time to live/);
    expect((error as Error).stack).toContain('errors.test.ts');
  });

  test('an error of another copy of the package is one as well', () => {
    const commonJs = createRequire(import.meta.url)('pulltoken') as typeof import('pulltoken');
    expect(commonJs.PullTokenError).not.toBe(api.PullTokenError);
    expect(() => commonJs.parseTtl('x')).toThrow(api.PullTokenError);
    expect(() => api.parseTtl('x')).toThrow(commonJs.PullTokenError);
    expect(new Error('x')).not.toBeInstanceOf(api.PullTokenError);
  });
});
