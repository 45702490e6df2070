// Finding credentials in Node: given, or in the environment.
import { inspect } from 'node:util';

import { FoundCredentials, getCredentials, PullTokenError } from 'pulltoken';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { IDENTITY } from './samples.ts';

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A password that looks real and ends in so many seconds. */
function password(secondsLeft: number, audience = 'https://issuer.enforce.dev'): string {
  const now = Math.floor(Date.now() / 1000);
  const payload = {
    iss: 'https://pulltoken.issuer.chainguard.dev',
    sub: 'pull-token-00',
    aud: audience,
    iat: now - 60,
    exp: now + secondsLeft,
  };
  return `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(payload)}.${encode({ no: 'signature' })}`;
}

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (/^(CHAINGUARD|PULLTOKEN)_/.test(name)) vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

function set(ecosystem: string, username: string | undefined, token: string | undefined): void {
  vi.stubEnv(`CHAINGUARD_${ecosystem}_IDENTITY_ID`, username);
  vi.stubEnv(`CHAINGUARD_${ecosystem}_TOKEN`, token);
}

describe('getCredentials', () => {
  test("takes the ecosystem's variables", async () => {
    const secret = password(86_400);
    set('JAVASCRIPT', IDENTITY, secret);
    set('JAVA', IDENTITY, password(3_600));
    const found = await getCredentials();
    expect(found).toBeInstanceOf(FoundCredentials);
    expect(found).toMatchObject({ username: IDENTITY, ecosystem: 'javascript', source: 'environment' });
    expect(found.password).toBe(secret);
    expect(found.toPlain()).toMatchObject({ username: IDENTITY, password: secret });
    expect((found.expiresAt?.getTime() ?? 0) - Date.now()).toBeGreaterThan(86_000_000);
    for (const shown of [inspect(found, { showHidden: true }), JSON.stringify(found), JSON.stringify({ ...found })]) {
      expect(shown).not.toContain(secret.slice(-20));
    }
    expect((await getCredentials({ ecosystem: 'java' })).ecosystem).toBe('java');
  });

  test('takes the pair given before any other, or refuses it', async () => {
    set('JAVASCRIPT', IDENTITY, password(86_400));
    const credentials = { username: IDENTITY, password: password(7_200) };
    expect(await getCredentials({ credentials })).toMatchObject({ source: 'explicit' });
    const expired = getCredentials({ credentials: { username: IDENTITY, password: password(-5) } });
    await expect(expired).rejects.toMatchObject({ code: 'credentials_unusable' });
  });

  test('takes a session for the registry', async () => {
    const session = password(3_600, 'libraries.cgr.dev');
    vi.stubEnv('PULLTOKEN_SESSION_TOKEN', session.replace(/\.[^.]+\./, `.${encode({ iss: 'https://issuer.enforce.dev', sub: IDENTITY, aud: 'libraries.cgr.dev', exp: Math.floor(Date.now() / 1000) + 3_600 })}.`));
    expect(await getCredentials()).toMatchObject({ username: '_token', source: 'session' });
  });

  test.each([
    ['nothing is set', undefined, undefined, 'are not set'],
    ['half of it is set', IDENTITY, undefined, 'CHAINGUARD_JAVASCRIPT_TOKEN is not'],
    ['it has expired', IDENTITY, password(-60), 'cannot be used'],
    ['it is about to expire', IDENTITY, password(30), 'within a minute'],
  ])('says so where %s', async (_what, username, token, message) => {
    set('JAVASCRIPT', username, token);
    const error = await getCredentials().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PullTokenError);
    expect(error).toMatchObject({ code: 'no_credentials', message: expect.stringContaining(message) });
    if (token !== undefined) expect(inspect(error)).not.toContain(token.slice(-20));
  });

  test.each([
    ['an ecosystem that is none', { ecosystem: 'cobol' }, 'unknown_ecosystem'],
    ['a number for an ecosystem', { ecosystem: 5 }, 'usage'],
    ['half a pair', { credentials: { username: 'x' } }, 'usage'],
    ['a text for a pair', { credentials: 'x:y' }, 'usage'],
    ['a text for the options', 'java', 'usage'],
    ['a signal that has aborted', { signal: AbortSignal.abort() }, 'interrupted'],
  ])('refuses %s', async (_what, options, code) => {
    await expect(getCredentials(options as object)).rejects.toMatchObject({ name: 'PullTokenError', code });
  });
});
