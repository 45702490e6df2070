// Signing in where there is no command line: by device code, on another machine, by a token, by a page of one's own.
import { inspect } from 'node:util';

import type { BeginSignInOptions, Session, SignInByDeviceOptions } from 'pulltoken';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { activate, idToken, visit } from './person.ts';
import { provider } from './provider.ts';
import { runtimes } from './runtimes.ts';
import { Simulator } from './simulator.ts';

let simulator: Simulator;

beforeAll(async () => {
  simulator = await Simulator.start('--device-interval', '1');
});
afterAll(() => simulator?.stop());

/** Everything by which an object is shown without asking for its secrets. */
const shown = (value: object): string =>
  [inspect(value), inspect(value, { showHidden: true, depth: Infinity }), JSON.stringify(value), JSON.stringify({ ...value })].join();

describe.each(runtimes)('%s', (_runtime, api) => {
  const nobody = () => simulator.client(api, 'nobody', { token: '' });
  const issuer = () => simulator.facts.issuer;
  const device = (as: string | undefined, options: Partial<SignInByDeviceOptions> = {}): Promise<Session[]> => {
    let activating: Promise<void> | undefined;
    const onCode = ({ userCode }: { userCode: string }): void => {
      activating = activate(issuer(), userCode, as);
    };
    return nobody()
      .signInByDevice({ onCode, ...options })
      .finally(() => activating);
  };

  test('by device code: a session for the API and one for the registry', async () => {
    let told: object = {};
    const sessions = await device('owner', {
      onCode: (code) => {
        told = code;
        void activate(issuer(), code.userCode, 'owner');
      },
    });
    expect(told).toStrictEqual({
      userCode: expect.stringMatching(/^[A-Z]{4}-[A-Z]{4}$/),
      verificationUri: `${issuer()}/activate`,
      verificationUriComplete: expect.stringMatching(/^http.*user_code=/),
      expiresInSeconds: 900,
    });
    expect(sessions.map(({ audience }) => audience)).toStrictEqual([simulator.facts.api, 'libraries.cgr.dev']);
    const [session] = sessions as [Session, Session];
    expect(session).toBeInstanceOf(api.Session);
    expect(session.expiresAt?.getTime()).toBeGreaterThan(Date.now());
    expect(session.renewableUntil?.getTime()).toBeGreaterThan(Date.now());
    const me = await simulator.client(api, 'nobody', { token: session.token }).whoami();
    expect(me).toMatchObject({ subject: session.subject, roles: [{ role: 'owner' }] });
    for (const secret of [session.token, session.refreshToken ?? 'none']) {
      expect(secret.length).toBeGreaterThan(40);
      expect(shown(session)).not.toContain(secret.slice(-20));
    }
    expect(inspect(session)).toContain("refreshToken: '[redacted]'");
    expect(session.toPlain()).toMatchObject({ token: session.token, refreshToken: session.refreshToken });
  });

  test('a session is renewed once by what renews it', async () => {
    const [old] = (await device('viewer', { audiences: [simulator.facts.api] })) as [Session];
    const renewed = await nobody().refreshSession(old);
    expect(renewed).toMatchObject({ audience: old.audience, subject: old.subject });
    expect(renewed.token).not.toBe(old.token);
    const me = await simulator.client(api, 'nobody', { token: async () => renewed.token }).whoami();
    expect(me.subject).toBe(old.subject);
    const replayed = await nobody().refreshSession(old).catch((thrown: unknown) => thrown);
    expect(replayed).toMatchObject({ name: 'PullTokenError', code: 'session_expired', status: 401 });
    expect(shown(replayed as object)).not.toContain((old.refreshToken ?? 'none').slice(-20));
    // What was kept as a plain object renews as well.
    expect(await nobody().refreshSession({ ...renewed.toPlain(), refreshToken: renewed.refreshToken })).toMatchObject({ audience: old.audience });
  });

  test('a person who denies it', async () => {
    await expect(device(undefined)).rejects.toMatchObject({ code: 'sign_in_refused', message: expect.stringContaining('denied') });
  });

  test.each([
    ['has expired', ['authorization_pending', 'expired_token'], 'expired', 2],
    ['is asked about too often', ['slow_down', 'access_denied'], 'denied', 2],
    ['is of a client that is not known', ['invalid_client'], 'invalid_client', 1],
  ])('a device code that %s', async (_what, errors, message, times) => {
    const elsewhere = await provider(...errors);
    try {
      const call = nobody().signInByDevice({ provider: elsewhere.url, clientId: 'c', onCode: () => {} });
      await expect(call).rejects.toMatchObject({ code: 'sign_in_refused', message: expect.stringContaining(message) });
      const [first = 0, second = 0] = elsewhere.asked;
      expect(elsewhere.asked).toHaveLength(times);
      if (errors[0] === 'slow_down') expect(second - first).toBeGreaterThan(5_900);
    } finally {
      await elsewhere.close();
    }
  });

  test('is stopped by its signal, and by what its listener throws', async () => {
    const controller = new AbortController();
    const cause = new Error('enough');
    const stopped = nobody().signInByDevice({ signal: controller.signal, onCode: () => controller.abort(cause) });
    await expect(stopped).rejects.toMatchObject({ code: 'interrupted', cause });
    const thrown = nobody().signInByDevice({
      onCode: () => {
        throw cause;
      },
    });
    await expect(thrown).rejects.toBe(cause);
    const unheard = nobody().signInByDevice({} as SignInByDeviceOptions);
    await expect(unheard).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('onCode') });
  });

  test('on another machine', async () => {
    let visiting: Promise<string> | undefined;
    const [session] = (await nobody().signInHeadless({
      audiences: [simulator.facts.api],
      socialLogin: 'github',
      onUrl: (url) => {
        expect(url).toMatch(/\/oauth\?headless_code=[\w-]{43}&connection=github$/);
        visiting = visit(url, 'owner');
      },
    })) as [Session];
    await visiting;
    expect(await simulator.client(api, 'nobody', { token: session.token }).whoami()).toMatchObject({ subject: session.subject });
    const nowhere = nobody().signInHeadless({ orgName: 'nobody', onUrl: () => {} });
    await expect(nowhere).rejects.toMatchObject({ code: 'organization_not_found' });
    const both = nobody().signInHeadless({ orgName: 'example', socialLogin: 'github', onUrl: () => {} });
    await expect(both).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('exclude each other') });
  });

  test('by a token of somebody whom the issuer trusts', async () => {
    const identityToken = await idToken(issuer(), 'viewer');
    const sessions = await nobody().exchangeToken({ identityToken, audiences: [simulator.facts.api, 'libraries.cgr.dev'] });
    expect(sessions.map(({ audience }) => audience)).toStrictEqual([simulator.facts.api, 'libraries.cgr.dev']);
    const refused = await nobody().exchangeToken({ identityToken: `${identityToken.slice(0, -8)}AAAAAAAA` }).catch((thrown: unknown) => thrown);
    expect(refused).toMatchObject({ code: 'sign_in_refused', hint: expect.stringContaining('127.0.0.1') });
    expect(shown(refused as object)).not.toContain(identityToken.slice(10, 60));
    const wrong = { identityToken, identity: 'nobody' };
    await expect(nobody().exchangeToken(wrong)).rejects.toMatchObject({ code: 'invalid_uidp' });
    await expect(nobody().exchangeToken({ identityToken, audiences: [''] })).rejects.toMatchObject({ code: 'usage' });
    await expect(nobody().exchangeToken({} as { identityToken: string })).rejects.toMatchObject({ code: 'usage' });
  });

  test('whether an organisation is verified', async () => {
    expect(await nobody().checkOrganization('example')).toBeUndefined();
    await expect(nobody().checkOrganization('nobody')).rejects.toMatchObject({ code: 'organization_not_found' });
  });

  describe('by a page of the issuer', () => {
    const redirect = 'https://abcdefghijklmnop.chromiumapp.org/signed-in';
    const begin = (options: Partial<BeginSignInOptions> = {}) =>
      api.beginSignIn({ redirect, issuer: issuer(), api: simulator.facts.api, ...options });

    test('the browser comes back with a session', async () => {
      const signIn = begin();
      const answer = await visit(signIn.url, 'owner');
      expect(answer).toMatch(/^https:\/\/abcdefghijklmnop\.chromiumapp\.org\/signed-in\?/);
      const session = await api.finishSignIn({ signIn, answer });
      expect(session.audience).toBe(simulator.facts.api);
      expect(session.refreshToken).toBeDefined();
      expect(await simulator.client(api, 'nobody', { token: session.token }).whoami()).toMatchObject({ subject: session.subject });
      for (const text of [shown(signIn), shown(session)]) expect(text).not.toContain(signIn.nonce);
      expect(await api.finishSignIn({ signIn: signIn.toPlain(), answer })).toMatchObject({ audience: signIn.audience });
    });

    test('every sign-in has a nonce of its own, and takes no other', async () => {
      const [one, other] = [begin(), begin()];
      expect(one.nonce).toMatch(/^[0-9a-f]{32}$/);
      expect(one.nonce).not.toBe(other.nonce);
      const answer = await visit(one.url, 'owner');
      await expect(api.finishSignIn({ signIn: other, answer })).rejects.toMatchObject({ code: 'sign_in_refused' });
      const confirm = () => true;
      await expect(api.finishSignIn({ signIn: other, answer, confirm })).rejects.toMatchObject({ code: 'sign_in_refused' });
    });

    test('without the nonce only a person who vouches for the identity is believed', async () => {
      const signIn = begin();
      const answer = (await visit(signIn.url, 'owner')).replace(/nonce=[0-9a-f]+&?/, '');
      const asked: (string | null)[] = [];
      const finish = (confirm?: (subject: string | null) => boolean | Promise<boolean>) => api.finishSignIn({ signIn, answer, confirm });
      for (const confirm of [undefined, () => false, async () => 'yes' as never]) {
        await expect(finish(confirm)).rejects.toMatchObject({ code: 'sign_in_refused', message: expect.stringContaining('nonce') });
      }
      const session = await finish(async (subject) => asked.push(subject) > 0);
      expect(asked).toStrictEqual([session.subject]);
    });

    test.each<[string, (signIn: ReturnType<typeof begin>) => Promise<string> | string]>([
      ['a person who denies it', (signIn) => visit(signIn.url, undefined)],
      ['somebody who is not registered', (signIn) => visit(signIn.url, 'newcomer')],
      ['an answer without anything', () => redirect],
      ['an error without the nonce', () => `${redirect}?error=access_denied`],
      ['what is no token', (signIn) => `${redirect}?nonce=${signIn.nonce}&token=x`],
      ['a token in the fragment', (signIn) => `${redirect}#?nonce=${signIn.nonce}&token=${simulator.facts.tokens['owner']}`],
    ])('refuses %s', async (_what, answer) => {
      const signIn = begin();
      const finished = api.finishSignIn({ signIn, answer: await answer(signIn) });
      await expect(finished).rejects.toMatchObject({ name: 'PullTokenError', code: 'sign_in_refused' });
    });

    test('refuses a token for something else', async () => {
      const answer = await visit(begin({ audience: 'libraries.cgr.dev' }).url, 'owner');
      const signIn = begin();
      const moved = answer.replace(/nonce=[0-9a-f]+/, `nonce=${signIn.nonce}`);
      const finished = api.finishSignIn({ signIn, answer: moved });
      await expect(finished).rejects.toMatchObject({ code: 'sign_in_refused', message: expect.stringContaining('not for') });
    });

    test.each([
      ['plain http to another machine', { redirect: 'http://a.test/x' }, 'insecure_url'],
      ['a redirect with a query', { redirect: `${redirect}?a=b` }, 'invalid_url'],
      ['two doors', { orgName: 'example', identityProvider: '0'.repeat(40) }, 'usage'],
      ['an identity that is none', { identity: 'x' }, 'invalid_uidp'],
      ['a social log-in that is none', { socialLogin: 'fax' }, 'usage'],
    ])('does not begin with %s', (_what, options, code) => {
      expect(() => begin(options as object)).toThrow(expect.objectContaining({ name: 'PullTokenError', code }));
    });
  });
});
