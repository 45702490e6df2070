// Dates, defaults and callbacks: what the vectors cannot say.
import { runInNewContext } from 'node:vm';

import { describe, expect, test, vi } from 'vitest';

import { runtimes } from './runtimes.ts';
import { credentials, IDENTITY, NOW, ORGANIZATION, token } from './samples.ts';

describe.each(runtimes)('%s', (_name, api) => {
  test('moments are dates', () => {
    const report = api.inspectCredentials(credentials, { now: NOW });
    expect(report.expiresAt).toStrictEqual(new Date(NOW.getTime() + 100 * 86_400_000));
    expect(report.secondsLeft).toBe(100 * 86_400);
  });

  test('a date of another realm is one', () => {
    const now = runInNewContext(`new Date(${NOW.getTime()})`) as Date;
    expect(now).not.toBeInstanceOf(Date);
    expect(api.inspectCredentials(credentials, { now }).state).toBe('valid');
  });

  test('without a moment it is the present one', () => {
    vi.useFakeTimers({ now: NOW });
    try {
      expect(api.inspectCredentials({ username: IDENTITY, password: token(10) }).secondsLeft).toBe(10);
      vi.setSystemTime(NOW.getTime() + 11_000);
      expect(api.inspectCredentials({ username: IDENTITY, password: token(10) }).state).toBe('expired');
    } finally {
      vi.useRealTimers();
    }
  });

  test('what is absent may be undefined or null', () => {
    const options = { now: NOW, ecosystem: undefined, issuer: null, parent: undefined } as object;
    expect(api.inspectCredentials(credentials, options).state).toBe('valid');
    expect(api.inspectCredentials(credentials, { now: NOW, parent: ORGANIZATION }).state).toBe('valid');
  });

  test('a pair may be any object with the two fields', () => {
    class Pair {
      get username() {
        return IDENTITY;
      }
      get password() {
        return credentials.password;
      }
    }
    expect(api.render(new Pair(), 'env')).toBe(api.render(credentials, 'env'));
  });

  test('warnings are handed on', () => {
    const onWarning = vi.fn();
    const long = { username: IDENTITY, password: 'x'.repeat(5_000) };
    api.render(long, 'netrc', { onWarning });
    expect(onWarning).toHaveBeenCalledOnce();
    expect(onWarning.mock.calls[0]?.[0]).toMatchObject({ code: expect.any(String), hint: expect.any(String) });
    onWarning.mockClear();
    api.render(credentials, 'netrc', { onWarning });
    expect(onWarning).not.toHaveBeenCalled();
  });

  test('the header goes to the registry alone', () => {
    const header = (url: string) => api.authorizationHeader(url, credentials);
    const basic = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
    expect(header('https://libraries.cgr.dev/javascript/left-pad')).toBe(`Basic ${basic}`);
    expect(header('https://libraries.cgr.dev:8443/javascript/left-pad')).toBeUndefined();
    expect(header('https://libraries.cgr.dev.example/javascript/left-pad')).toBeUndefined();
    expect(header('https://libraries.cgr.dev/python/simple/')).toBeUndefined();
  });

  test('text goes in and comes out unharmed', () => {
    const text = '# Grüße \u{1f680} \u2028\r\n\tregistry = https://registry.test/\r\n';
    const edited = api.edit(text, 'npmrc', credentials);
    expect(edited.startsWith(text)).toBe(true);
    expect(api.remove(edited, 'npmrc')).toBe(text);
  });
});
