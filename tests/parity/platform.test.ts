// Entitlements, and what is made of the platform's refusals and failures.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { redirecting } from './redirect.ts';
import { runtimes } from './runtimes.ts';
import { Simulator } from './simulator.ts';

let simulator: Simulator;

beforeAll(async () => {
  simulator = await Simulator.start();
});
afterAll(() => simulator?.stop());
afterEach(() => simulator.mend());

describe.each(runtimes)('%s', (_runtime, api) => {
  const owner = () => simulator.client(api);

  test('lists, creates and deletes entitlements', async () => {
    const client = owner();
    const held = await client.listEntitlements({ parent: 'example' });
    expect(held.map(({ ecosystem }) => ecosystem).toSorted()).toStrictEqual(['JAVA', 'JAVASCRIPT', 'PYTHON']);
    const made = await client.createEntitlement({ ecosystem: 'go', policy: 'POLICY_CHAINGUARD', cooldownDays: 3 });
    expect(made).toMatchObject({ ecosystem: 'GO', policy: 'POLICY_CHAINGUARD', cooldownDays: 3 });
    const again = client.createEntitlement({ parent: 'example', ecosystem: 'go' });
    await expect(again).rejects.toMatchObject({ code: 'already_exists', status: 409 });
    expect(await client.listEntitlements()).toContainEqual(made);
    expect(await client.deleteEntitlement(made.id)).toBeUndefined();
    await expect(client.deleteEntitlement(made.id)).rejects.toMatchObject({ code: 'not_found', status: 404 });
    await expect(client.deleteEntitlement('x')).rejects.toMatchObject({ code: 'invalid_uidp' });
    await expect(client.createEntitlement({ ecosystem: 'ruby' })).rejects.toMatchObject({ code: 'usage' });
    const wrong = client.createEntitlement({ ecosystem: 'go', cooldownDays: Number.POSITIVE_INFINITY });
    await expect(wrong).rejects.toMatchObject({ code: 'usage', message: expect.stringMatching(/`cooldownDays`/) });
    const viewer = simulator.client(api, 'viewer').createEntitlement({ ecosystem: 'go' });
    await expect(viewer).rejects.toMatchObject({ code: 'capability_missing' });
  });

  test.each([
    ['401', 401, 16, 'unauthenticated'],
    ['403', 403, 7, 'permission_denied'],
    ['404', 404, 5, 'not_found'],
    ['409', 409, 6, 'already_exists'],
    ['400', 400, 3, 'invalid_argument'],
    ['400 of another kind', 400, 9, 'failed_precondition'],
    ['501', 501, 12, 'unimplemented'],
    ['500', 500, 13, 'server_error'],
  ])('tells a %s', async (_what, status, code, ours) => {
    const action = { status: { status, code, message: 'so\nit is' } };
    await simulator.fault({ method: 'GET', path: '/auth/v1/ok', action });
    const error = await owner().whoami().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(api.PullTokenError);
    expect(error).toMatchObject({
      code: ours,
      status,
      message: expect.stringContaining('so\\u{a}it is'),
      hint: expect.stringMatching(/./),
      requestId: expect.stringMatching(/./),
    });
  });

  test.each([502, 503, 504])("tries again after an intermediary's %i, and gives up in the end", async (status) => {
    await simulator.fault({ method: 'GET', path: '/auth/v1/ok', times: 2, action: { html: { status } } });
    expect(await owner().whoami()).toMatchObject({ roles: [{ role: 'owner' }] });
    await simulator.fault({ method: 'GET', path: '/auth/v1/ok', action: { html: { status } } });
    const message = expect.stringContaining('after 4 tries');
    await expect(owner().whoami()).rejects.toMatchObject({ code: 'server_error', status, message });
  });

  test('waits as long as the server asks for', async () => {
    const action = { retryAfter: { status: 429, seconds: 1 } };
    await simulator.fault({ method: 'GET', path: '/iam/v1/groups', times: 1, action });
    const began = performance.now();
    expect(await owner().organizations()).toHaveLength(1);
    expect(performance.now() - began).toBeGreaterThan(990);
    await simulator.fault({ method: 'GET', path: '/iam/v1/groups', action: { retryAfter: { status: 429, seconds: 999 } } });
    const hint = expect.stringContaining('999 seconds');
    await expect(owner().organizations()).rejects.toMatchObject({ code: 'rate_limited', status: 429, hint });
  });

  test.each([
    ['an answer cut short', 'truncate'],
    ['a connection that is reset', 'reset'],
  ])('tries again after %s', async (_what, action) => {
    await simulator.fault({ method: 'GET', path: '/auth/v1/ok', times: 1, action });
    expect(await owner().whoami()).toMatchObject({ roles: [{ role: 'owner' }] });
  });

  test.each([
    ['a list', 'GET', '/iam/v1/groups', (signal: AbortSignal) => owner().organizations({ signal })],
    [
      'a change',
      'POST',
      '/libraries/v1/entitlements',
      (signal: AbortSignal) => owner().createEntitlement({ ecosystem: 'go', signal }),
    ],
    [
      "the registry's word",
      'GET',
      '/java',
      (signal: AbortSignal) =>
        owner().verifyAccess({ ecosystem: 'java', credentials: { username: 'x', password: 'y' }, signal }),
    ],
  ])('waits no longer for %s when told to stop', async (_what, method, path, call) => {
    await simulator.fault({ method, path, action: 'hang' });
    await simulator.forget();
    const controller = new AbortController();
    const outcome = call(controller.signal).catch((thrown: unknown) => thrown);
    const isThere = async () => (await simulator.requests()).some((one) => one.path.startsWith(path));
    await expect.poll(isThere, { timeout: 20_000 }).toBe(true);
    const cause = new Error('enough');
    controller.abort(cause);
    expect(await outcome).toMatchObject({ name: 'PullTokenError', code: 'interrupted', cause });
  });

  test('follows no redirect', async () => {
    const server = await redirecting();
    try {
      const client = simulator.client(api, 'owner', { api: server.url });
      const error = await client.whoami().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'unexpected_response', status: 302 });
      expect((error as Error).message).toContain(`${server.url}/sign-in,`);
      expect((error as Error).message).not.toContain('hunter2');
      expect(server.paths).toStrictEqual(['/auth/v1/ok']);
    } finally {
      server.close();
    }
  });

  test('a dead server is a failure of the network', async () => {
    const nowhere = simulator.client(api, 'owner', { api: 'http://127.0.0.1:1' });
    const error = await nowhere.deleteEntitlement(simulator.facts.organization.id).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'network', message: expect.stringContaining('127.0.0.1:1') });
  });

  test.each([
    ['a URL that is none', { api: 'nowhere' }, 'invalid_url'],
    ['plain http to another machine', { issuer: 'http://issuer.example' }, 'insecure_url'],
    ['a number for a URL', { registry: 5 }, 'usage'],
    ['a fetch that is none', { fetch: 'fetch' }, 'usage'],
    ['fetch together with connectTo', { fetch, connectTo: '::a:1' }, 'usage'],
    ['fetch together with caFile', { fetch, caFile: 'ca.pem' }, 'usage'],
  ])('%s is the answer to every call', async (_what, options, code) => {
    const client = simulator.client(api, 'owner', options as object);
    await expect(client.whoami()).rejects.toMatchObject({ name: 'PullTokenError', code });
    await expect(client.organizations()).rejects.toMatchObject({ name: 'PullTokenError', code });
  });

  test.each([
    ['options', () => new api.Client(5 as never), 'usage'],
    ['options that are null', () => new api.Client(null as never), 'usage'],
  ])('a client refuses %s of another kind', (_what, make, code) => {
    expect(make).toThrow(expect.objectContaining({ name: 'PullTokenError', code }));
  });

  const calls: [name: string, call: (value: never) => Promise<unknown>][] = [
    ['whoami', (value) => owner().whoami(value)],
    ['createPullToken', (value) => owner().createPullToken(value)],
    ['listPullTokens', (value) => owner().listPullTokens(value)],
    ['updatePullToken', (value) => owner().updatePullToken(value)],
    ['deletePullToken', (value) => owner().deletePullToken(value)],
    ['deleteExpiredPullTokens', (value) => owner().deleteExpiredPullTokens(value)],
    ['rotatePullToken', (value) => owner().rotatePullToken(value)],
    ['setRole', (value) => owner().setRole(value)],
    ['listEntitlements', (value) => owner().listEntitlements(value)],
    ['createEntitlement', (value) => owner().createEntitlement(value)],
    ['deleteEntitlement', (value) => owner().deleteEntitlement(value)],
    ['verifyAccess', (value) => owner().verifyAccess(value)],
  ];
  test.each(calls)('%s refuses arguments of another kind', async (name, call) => {
    for (const value of [5, 'x', null, [], { id: 5n }, { signal: {} }]) {
      // What has nothing but options takes an object without any.
      if (/^(whoami|list)/.test(name) && Array.isArray(value)) continue;
      if (name === 'whoami' && typeof value === 'object' && value !== null && 'id' in value) continue;
      const outcome = await call(value as never).catch((thrown: unknown) => thrown);
      const codes = ['usage', 'invalid_uidp', 'ecosystem_required'];
      expect(outcome, `${name}(${typeof value})`).toBeInstanceOf(api.PullTokenError);
      expect(codes).toContain((outcome as { code: string }).code);
    }
  });
});
