// A password is shown to those who read the field by its name, and to nobody else.
import { inspect } from 'node:util';

import { describe, expect, test } from 'vitest';

import { runtimes } from './runtimes.ts';
import { credentials } from './samples.ts';

const secret = credentials.password;
const netrc = `machine libraries.cgr.dev login ${credentials.username} password ${secret}\n`;
const npmrc = '//libraries.cgr.dev/javascript/:_authToken=hunter2hunter2\n';

/** Everything by which an object is shown without asking for its password. */
function shown(value: object): string {
  return [
    inspect(value),
    inspect(value, { showHidden: true, depth: Infinity }),
    inspect([value]),
    JSON.stringify(value),
    JSON.stringify({ ...value }),
    String(value),
    Object.values(value).join(),
    JSON.stringify(structuredClone({ ...value })),
  ].join('\n');
}

/** Pieces of eight characters, as someone who looks for a leak would search. */
function pieces(text: string): string[] {
  return Array.from({ length: text.length - 7 }, (_, start) => text.slice(start, start + 8));
}

describe.each(runtimes)('%s', (_name, api) => {
  test('an entry of a netrc keeps its password to itself', () => {
    const [entry] = api.parseNetrc(netrc);
    expect(entry?.password).toBe(secret);
    expect(entry?.toPlain()).toMatchObject({ machine: 'libraries.cgr.dev', password: secret });
    expect(inspect(entry)).toContain("password: '[redacted]'");
    for (const piece of pieces(secret)) expect(shown(entry as object)).not.toContain(piece);
  });

  test('what is parsed from any other file does too', () => {
    const [entry] = api.parse(npmrc, 'npmrc');
    expect(entry?.password).toBe('hunter2hunter2');
    expect(entry?.toPlain().password).toBe('hunter2hunter2');
    expect(shown(entry as object)).not.toContain('hunter2');
  });

  test('an entry without a password claims none', () => {
    const [entry] = api.parseNetrc('machine a login b\n');
    expect(entry?.password).toBeUndefined();
    expect(inspect(entry)).not.toContain('password');
    expect(Object.keys(entry?.toPlain() ?? {})).not.toContain('password');
  });

  test.each([
    ['a wrong type', () => api.inspectCredentials({ username: secret, password: [secret] as never })],
    ['a missing username', () => api.inspectCredentials({ password: secret } as never)],
    ['a line break', () => api.render({ username: credentials.username, password: `${secret}\n` }, 'npmrc')],
    ['an unknown ecosystem', () => api.render(credentials, 'npmrc', { ecosystem: 'cobol' })],
    ['options in the wrong place', () => api.render(credentials, credentials as never)],
    ['a text that is none', () => api.parse({ text: secret } as never, 'netrc')],
  ])('no error shows it: %s', (_what, call) => {
    let error: unknown;
    try {
      call();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(api.PullTokenError);
    const { stack } = error as Error;
    for (const piece of pieces(secret)) expect(`${shown(error as object)}\n${stack}`).not.toContain(piece);
  });

  test('no report shows it', () => {
    for (const password of [secret, `'${secret}'`, `${secret.slice(0, 90)}\n${secret.slice(90)}`, `$${secret}`]) {
      const text = JSON.stringify(api.inspectCredentials({ username: secret, password }));
      for (const piece of pieces(secret)) expect(text).not.toContain(piece);
    }
  });
});
