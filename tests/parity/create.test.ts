// Making a pull token, against the simulated platform.
import { inspect } from 'node:util';

import type { CreatePullTokenOptions } from 'pulltoken';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { keepOneKey } from './keys.ts';
import { runtimes } from './runtimes.ts';
import { Simulator } from './simulator.ts';

let simulator: Simulator;
const keys = keepOneKey();

beforeAll(async () => {
  simulator = await Simulator.start();
});
afterAll(() => simulator?.stop());
afterEach(() => simulator.mend());

const wanted: CreatePullTokenOptions = { parent: 'example', ecosystem: 'javascript', ttl: '1h' };
const names = async () => (await simulator.identities()).map(({ name }) => name);

describe.each(runtimes)('%s', (runtime, api) => {
  test('makes a token that the registry takes', async () => {
    await simulator.forget();
    const before = Date.now();
    const token = await simulator
      .client(api, 'owner', { token: async () => simulator.facts.tokens['owner'] ?? '' })
      .createPullToken({ ...wanted, ecosystems: ['java', 'javascript'], name: 'ci token', description: 'for a test' });
    expect(token).toBeInstanceOf(api.PullToken);
    // An identity, and a role binding for each ecosystem.
    const made = (await simulator.requests()).filter(({ method }) => method === 'POST');
    expect(made.map(({ path }) => path.split('/')[3])).toStrictEqual(['identities', 'rolebindings', 'rolebindings']);
    expect(token).toMatchObject({
      id: token.username,
      name: 'ci token',
      description: 'for a test',
      ecosystems: ['javascript', 'java'],
      roles: ['libraries.javascript.pull', 'libraries.java.pull'],
      organization: simulator.facts.organization,
    });
    expect(token.replaced).toBeUndefined();
    expect(token.createdAt.getTime()).toBeGreaterThanOrEqual(before - 1000);
    expect(token.expiresAt.getTime() - token.createdAt.getTime()).toBeGreaterThan(3_590_000);
    const report = api.inspectCredentials(token, {
      issuer: simulator.facts.issuer,
      parent: simulator.facts.organization.id,
    });
    expect(report).toMatchObject({ kind: 'pull_token', state: 'expiring', expiresAt: token.expiresAt });

    const access = await simulator.client(api, 'nobody').verifyAccess({ ecosystem: 'javascript', credentials: token });
    expect(access).toMatchObject({ allowed: true, status: 200, hint: '' });
    const python = await simulator.client(api).verifyAccess({ ecosystem: 'python', credentials: token });
    expect(python).toMatchObject({ allowed: false, status: 403, code: 'permission_denied' });
    expect(python.hint).toContain('libraries.python.pull');
  });

  test('shows the password to nobody who does not ask for it', async () => {
    const token = await simulator.client(api).createPullToken(wanted);
    const shown = [
      inspect(token, { showHidden: true }),
      JSON.stringify(token),
      JSON.stringify({ ...token }),
      String(token),
    ];
    for (const text of shown) expect(text).not.toContain(token.password.slice(-40));
    expect(inspect(token)).toContain("password: '[redacted]'");
    expect(token.toPlain().password).toBe(token.password);
    const client = simulator.client(api);
    const session = simulator.facts.tokens['owner'] ?? '';
    for (const text of [inspect(client, { showHidden: true, depth: 9 }), JSON.stringify(client)]) {
      expect(text).not.toContain(session.slice(-40));
    }
  });

  test('a creator may make one, and nothing but it', async () => {
    const token = await simulator
      .client(api, 'libraries.java.pull_token_creator')
      .createPullToken({ parent: 'example', ecosystem: 'java', name: `by creator on ${runtime}` });
    expect(token.description).toMatch(/^created by .+ on .+/);
    expect(await names()).toContain(`by creator on ${runtime}`);
  });

  test.each([
    ['a viewer', 'viewer', {}, 'capability_missing'],
    ['a creator for something else', 'libraries.java.pull_token_creator', {}, 'capability_missing'],
    ['an expired session', 'expired', {}, 'session_expired'],
    ['what the organisation has no entitlement for', 'owner', { ecosystem: 'go' }, 'entitlement_missing'],
    ['an unknown organisation', 'owner', { parent: 'nobody' }, 'organization_not_found'],
    ['an unknown ecosystem', 'owner', { ecosystem: 'cobol' }, 'unknown_ecosystem'],
    ['a wrong time to live', 'owner', { ttl: '9000h' }, 'ttl_out_of_range'],
    ['a wrong name', 'owner', { name: 'CI' }, 'invalid_name'],
    ['a wrong description', 'owner', { description: 'a\tb' }, 'invalid_description'],
    ['no ecosystem', 'owner', { ecosystem: undefined }, 'ecosystem_required'],
    ['a signal that is none', 'owner', { signal: 5 }, 'usage'],
    ['a list that is none', 'owner', { ecosystems: 'java' }, 'usage'],
    ['a number for a text', 'owner', { ttl: Number.NaN }, 'usage'],
  ])('refuses %s and makes nothing', async (_what, who, changes, code) => {
    await simulator.forget();
    const call = simulator.client(api, who).createPullToken({ ...wanted, ...changes } as CreatePullTokenOptions);
    await expect(call).rejects.toMatchObject({ name: 'PullTokenError', code, hint: expect.stringMatching(/./) });
    expect((await simulator.requests()).filter(({ method }) => method !== 'GET')).toStrictEqual([]);
  });

  test('says where there is no session, and why there is none', async () => {
    const create = (token: unknown) => simulator.client(api, 'owner', { token } as object).createPullToken(wanted);
    await expect(create('')).rejects.toMatchObject({ code: 'not_signed_in' });
    await expect(create('x')).rejects.toMatchObject({ code: 'session_unusable' });
    await expect(create(() => 5)).rejects.toMatchObject({ code: 'usage' });
    const cause = new Error('the vault is shut');
    await expect(create(() => Promise.reject(cause))).rejects.toMatchObject({ code: 'not_signed_in', cause });
  });

  describe('told to stop', () => {
    test('before it began, sends nothing', async () => {
      await simulator.forget();
      const cause = new Error('never mind');
      const call = simulator.client(api).createPullToken({ ...wanted, signal: AbortSignal.abort(cause) });
      await expect(call).rejects.toMatchObject({ code: 'interrupted', cause });
      expect(await simulator.requests()).toStrictEqual([]);
    });

    test('while it waits for the session, waits no longer', async () => {
      const controller = new AbortController();
      const client = simulator.client(api, 'owner', { token: () => new Promise<never>(() => {}) });
      const call = client.createPullToken({ ...wanted, signal: controller.signal });
      controller.abort();
      await expect(call).rejects.toMatchObject({ code: 'interrupted', cause: controller.signal.reason });
    });

    test.each([
      ['while it looks around', { method: 'GET', path: '/auth/v1/ok' }],
      ['while the identity is made', { method: 'POST', path: '/iam/v1/identities' }],
      ['while a role is bound', { method: 'POST', path: '/iam/v1/rolebindings' }],
    ])('%s, leaves nothing behind', async (_when, where) => {
      const before = await names();
      // The request is answered late, and the wish to stop comes in between.
      await simulator.fault({ ...where, times: 1, action: { delay: { milliseconds: 1_500 } } });
      await simulator.forget();
      const controller = new AbortController();
      const call = simulator.client(api).createPullToken({ ...wanted, name: 'stopped', signal: controller.signal });
      const outcome = call.catch((error: unknown) => error);
      const isThere = async () => (await simulator.requests()).some(({ path }) => path.startsWith(where.path));
      await expect.poll(isThere, { timeout: 50_000 }).toBe(true);
      const cause = new Error('enough');
      controller.abort(cause);
      expect(await outcome).toMatchObject({ code: 'interrupted', cause });
      expect(await names()).toStrictEqual(before);
    });
  });

  test('an answer that was lost leaves nothing behind either', async () => {
    const before = await names();
    await simulator.fault({ method: 'POST', path: '/iam/v1/identities', times: 1, action: 'resetAfterHandling' });
    const call = simulator.client(api).createPullToken({ ...wanted, name: 'lost' });
    await expect(call).rejects.toMatchObject({ code: 'network' });
    expect(await names()).toStrictEqual(before);
  });

  test('a binding that is refused takes the identity back', async () => {
    const before = await names();
    const status = { status: 403, code: 7, message: 'no' };
    await simulator.fault({ method: 'POST', path: '/iam/v1/rolebindings', action: { status } });
    const call = simulator.client(api).createPullToken({ ...wanted, name: 'unbound' });
    await expect(call).rejects.toMatchObject({ code: 'permission_denied', status: 403, requestId: expect.any(String) });
    expect(await names()).toStrictEqual(before);
  });
});

test('the key of a browser is a strong one that nobody can read', () => {
  const [[algorithm, isExtractable, usages] = []] = keys.mock.calls;
  expect(algorithm).toMatchObject({ name: 'RSASSA-PKCS1-v1_5', modulusLength: 4096, hash: 'SHA-256' });
  expect([isExtractable, usages]).toStrictEqual([false, ['sign']]);
});

test("a plan's limit is named", async () => {
  const small = await Simulator.start('--max-ttl', '168h');
  try {
    for (const [, api] of runtimes) {
      const call = small.client(api).createPullToken({ ...wanted, ttl: '720h' });
      await expect(call).rejects.toMatchObject({ code: 'ttl_exceeds_plan', status: 400, hint: expect.stringContaining('168h0m0s') });
    }
  } finally {
    await small.stop();
  }
});
