// The client in a real browser, whose page is of another origin than the platform.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { type LoadedPage, loadPage } from './page.ts';
import { visit } from './person.ts';
import { Simulator } from './simulator.ts';

let simulator: Simulator;
// A page each: where both entry points are loaded, the complete module serves both.
const pages = new Map<string, LoadedPage>();

beforeAll(async () => {
  simulator = await Simulator.start('--cors', '--device-interval', '1');
  const { api, issuer, registry } = simulator.facts;
  for (const entry of ['web', 'web-core']) pages.set(entry, await loadPage(api, issuer, registry));
});
afterAll(async () => {
  for (const page of pages.values()) await page.close();
  await simulator?.stop();
});

/** Runs the body of a function in the page of an entry point. */
async function runIn(entry: 'web' | 'web-core', body: string, more: object = {}): Promise<unknown> {
  return pages.get(entry)?.run(entry, START + body, { facts: simulator.facts, entry, ...more });
}
afterEach(() => simulator.mend());

/** What each script begins with. */
const START = `
const client = new api.Client({ ...given.facts, token: given.facts.tokens.owner });
const told = (error) => ({ name: error.name, code: error.code, message: error.message, status: error.status, hint: error.hint, cause: String(error.cause) });
`;

describe.each(['web', 'web-core'] as const)('pulltoken/%s', (entry) => {
  const run = (body: string) => runIn(entry, body);

  test('makes, lists, changes, rotates and deletes tokens', async () => {
    const seen = (await run(`
      const made = await client.createPullToken({ parent: 'example', ecosystem: 'java', ttl: '48h', name: 'in ' + given.entry });
      const access = await client.verifyAccess({ ecosystem: 'java', credentials: made });
      await client.updatePullToken({ id: made.id, name: 'changed' });
      const listed = (await client.listPullTokens({ parent: 'example' })).find((one) => one.id === made.id);
      const roles = await client.setRole({ id: made.id, ecosystem: 'python' });
      const rotated = await client.rotatePullToken({ id: made.id });
      await client.deletePullToken(rotated.id);
      const me = await client.whoami();
      return {
        description: made.description, state: api.inspectCredentials(made, { issuer: given.facts.issuer }).state,
        allowed: access.allowed, name: listed.name, isDate: listed.expiresAt instanceof Date, roles,
        rotated: rotated.name, replaced: rotated.replaced.state, role: me.roles[0].role,
        shown: [JSON.stringify(made), String(made), JSON.stringify({ ...made })].some((text) => text.includes(made.password)),
        organizations: await client.organizations(), entitlements: (await client.listEntitlements()).length,
      };`)) as { description: string };
    expect(seen).toStrictEqual({
      description: expect.stringMatching(/^created by owner\S* on 127\.0\.0\.1:\d+$/),
      state: 'expiring',
      allowed: true,
      name: 'changed',
      isDate: true,
      roles: { added: ['libraries.python.pull'], removed: ['libraries.java.pull'] },
      rotated: 'changed',
      replaced: 'deleted',
      role: 'owner',
      shown: false,
      organizations: [simulator.facts.organization],
      entitlements: 3,
    });
  });

  test('leaves nothing behind when it is told to stop', async () => {
    const before = await simulator.identities();
    await simulator.fault({ method: 'POST', path: '/iam/v1/rolebindings', action: { delay: { milliseconds: 500 } } });
    const seen = await run(`
      const controller = new AbortController();
      const real = globalThis.fetch;
      const fetch = (request) => {
        if (request.url.includes('rolebindings')) controller.abort(new Error('enough'));
        return real(request);
      };
      const stoppable = new api.Client({ ...given.facts, token: async () => given.facts.tokens.owner, fetch });
      return stoppable.createPullToken({ parent: 'example', ecosystem: 'java', signal: controller.signal }).catch(told);`);
    expect(seen).toMatchObject({ name: 'PullTokenError', code: 'interrupted', cause: 'Error: enough' });
    expect(await simulator.identities()).toStrictEqual(before);
  });

  test('deletes what has expired, and says how far it is', async () => {
    const count = 9;
    await simulator.seed(Array.from({ length: count }, (_, index) => `${entry} ${index}`), 1_000);
    const expired = async () => (await run("return (await client.listPullTokens({ expired: true })).length;")) as number;
    await expect.poll(expired, { timeout: 20_000 }).toBe(count);
    const seen = (await run(`
      const seen = [];
      const { deleted, failed, left } = await client.deleteExpiredPullTokens({ parent: 'example', onProgress: (one) => seen.push(one) });
      return { seen, deleted: deleted.length, failed, left };`)) as { seen: object[] };
    expect(seen).toMatchObject({ deleted: count, failed: [], left: [] });
    expect(seen.seen).toStrictEqual(Array.from({ length: count }, (_, index) => ({ done: index + 1, total: count })));
  });

  test('tells failures apart as far as a browser lets it', async () => {
    const status = { status: 403, code: 7, message: 'no' };
    await simulator.fault({ method: 'GET', path: '/iam/v1/groups', action: { status } });
    expect(await run('return client.organizations().catch(told);')).toMatchObject({ code: 'permission_denied', status: 403 });
    const elsewhere = `return new api.Client({ api: 'http://127.0.0.1:1', token: given.facts.tokens.owner }).whoami().catch(told);`;
    expect(await run(elsewhere)).toMatchObject({ code: 'network' });
    const ruled = `return new api.Client({ caFile: 'x' }).whoami().catch(told);`;
    expect(await run(ruled)).toMatchObject({ code: 'usage' });
  });
});

test('follows no redirect', async () => {
  const redirected = `
    const fetch = (request) => globalThis.fetch(new Request('/moved', { redirect: request.redirect }));
    return new api.Client({ ...given.facts, token: given.facts.tokens.owner, fetch }).whoami().catch(told);`;
  const seen = await runIn('web', redirected);
  expect(seen).toMatchObject({ code: 'unexpected_response', status: 302 });
  expect(pages.get('web')?.requests).toContain('/moved');
  expect(pages.get('web')?.requests).not.toContain('/elsewhere');
});

describe.each(['web', 'web-core'] as const)('signing in with pulltoken/%s', (entry) => {
  const run = (body: string, more: object = {}) => runIn(entry, body, more);

  test('by device code, and stays signed in', async () => {
    const seen = await run(`
      const activate = (userCode, answer) =>
        fetch(given.facts.issuer + '/activate', { method: 'POST', body: new URLSearchParams({ user_code: userCode, ...answer }) });
      const [session, registry] = await client.signInByDevice({ onCode: ({ userCode }) => void activate(userCode, { as: 'viewer' }) });
      const signedIn = new api.Client({ ...given.facts, token: session.token });
      const renewed = await client.refreshSession(session);
      return {
        role: (await signedIn.whoami()).roles[0].role, audiences: [session.audience, registry.audience],
        renewed: renewed.token !== session.token, replayed: await client.refreshSession(session).catch(told),
        denied: await client.signInByDevice({ onCode: ({ userCode }) => void activate(userCode, { deny: 'true' }) }).catch(told),
        shown: JSON.stringify([session, registry, renewed]).includes(session.token.slice(-20)),
      };`);
    expect(seen).toMatchObject({
      role: 'viewer',
      audiences: [simulator.facts.api, 'libraries.cgr.dev'],
      renewed: true,
      replayed: { code: 'session_expired', status: 401 },
      denied: { code: 'sign_in_refused' },
      shown: false,
    });
  });

  test.each([
    ['has expired', ['authorization_pending', 'expired_token'], 'expired', 0],
    ['is asked about too often', ['slow_down', 'access_denied'], 'denied', 5_900],
  ])('a device code that %s', async (_what, errors, message, pause) => {
    const seen = await run(
      `
      const asked = [];
      const answers = {
        '/.well-known/openid-configuration': () => [200, { issuer: 'https://a.test', token_endpoint: 'https://a.test/t', device_authorization_endpoint: 'https://a.test/d' }],
        '/d': () => [200, { device_code: 'd', user_code: 'U', verification_uri: 'https://a.test/v', expires_in: 900, interval: 1 }],
        '/t': () => [400, { error: given.errors[asked.push(performance.now()) - 1] }],
      };
      const fetch = async ({ url }) => {
        const [status, body] = answers[new URL(url).pathname]();
        return new Response(JSON.stringify(body), { status });
      };
      const outcome = await new api.Client({ fetch }).signInByDevice({ provider: 'https://a.test', onCode: () => {} }).catch(told);
      return { outcome, pause: asked[1] - asked[0], asked: asked.length };`,
      { errors },
    );
    expect(seen).toMatchObject({ outcome: { code: 'sign_in_refused' }, asked: 2 });
    expect((seen as { outcome: { message: string } }).outcome.message).toContain(message);
    expect((seen as { pause: number }).pause).toBeGreaterThan(pause);
  });

  test("by a page of the issuer, as an extension's flow opens it", async () => {
    const signIn = (await run(`
      const { issuer, api: url } = given.facts;
      return api.beginSignIn({ issuer, api: url, redirect: 'https://a.chromiumapp.org/' }).toPlain();`)) as { url: string; nonce: string };
    const answer = await visit(signIn.url, 'owner');
    const finish = 'return api.finishSignIn(given.finish).then(({ subject, audience }) => ({ subject, audience }), told);';
    expect(await run(finish, { finish: { signIn, answer } })).toMatchObject({ audience: simulator.facts.api });
    const stranger = { signIn: { ...signIn, nonce: '0'.repeat(32) }, answer };
    expect(await run(finish, { finish: stranger })).toMatchObject({ code: 'sign_in_refused' });
  });

  test('on another machine, where the module can', async () => {
    const seen = await run(`
      const opened = [];
      const controller = new AbortController();
      const onUrl = (url) => { opened.push(url); controller.abort(); };
      return { opened, outcome: await client.signInHeadless({ onUrl, signal: controller.signal }).catch(told) };`);
    const code = entry === 'web' ? 'interrupted' : 'usage';
    expect(seen).toMatchObject({ opened: { length: entry === 'web' ? 1 : 0 }, outcome: { code } });
  });
});
