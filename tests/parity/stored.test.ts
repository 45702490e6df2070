// What the command line stored is there for the native module as well: sessions, renewed, and tokens that were made.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client, type FoundCredentials, getCredentials, runtime } from 'pulltoken';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';

import { idToken } from './person.ts';
import { BINARIES, Simulator } from './simulator.ts';

let simulator: Simulator;
let folder: string;

beforeAll(async () => {
  simulator = await Simulator.start('--device-interval', '1');
});
afterAll(() => simulator?.stop());
beforeEach(async () => {
  for (const name of Object.keys(process.env)) if (/^(CHAINGUARD|PULLTOKEN|GITLAB|CI)/.test(name)) vi.stubEnv(name, undefined);
  folder = await mkdtemp(join(tmpdir(), 'pulltoken-stored-'));
  vi.stubEnv('PULLTOKEN_CACHE_DIR', join(folder, 'cache'));
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'caches'));
  vi.stubEnv('XDG_CONFIG_HOME', join(folder, 'config'));
  const { api, issuer, registry } = simulator.facts;
  vi.stubEnv('PULLTOKEN_API', api);
  vi.stubEnv('PULLTOKEN_ISSUER', issuer);
  vi.stubEnv('PULLTOKEN_REGISTRY', registry);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

/** Runs the command; what it printed. */
async function pulltoken(args: string[], input = ''): Promise<string> {
  const child = spawn(join(BINARIES, 'pulltoken'), args, { stdio: ['pipe', 'pipe', 'pipe'], env: process.env });
  let [out, err] = ['', ''];
  child.stdout.on('data', (data) => (out += String(data)));
  child.stderr.on('data', (data) => (err += String(data)));
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`pulltoken ${args.join(' ')} ended with ${code}: ${err}`);
  return out;
}

const login = async (...more: string[]) =>
  pulltoken(['login', '--identity-token', '-', ...more], await idToken(simulator.facts.issuer, 'owner'));

/** Makes every stored access token look as if it had ended. */
async function expire(): Promise<void> {
  const sessions = join(folder, 'cache', 'sessions');
  for (const name of await readdir(sessions)) {
    if (!name.endsWith('.json')) continue;
    const file = join(sessions, name);
    const stored = JSON.parse(await readFile(file, 'utf8')) as object;
    await writeFile(file, JSON.stringify({ ...stored, expiresAt: '2026-01-01T00:00:00Z' }));
  }
}

const renewals = async () => (await simulator.requests()).filter(({ path }) => path.startsWith('/sts/exchange_refresh_token'));

test('the module is the native one', () => {
  expect(runtime).toBe('native');
});

describe('a client without a session', () => {
  test('takes the stored one, until somebody signs out', async () => {
    const client = new Client();
    await expect(client.whoami()).rejects.toMatchObject({ code: 'not_signed_in' });
    await login();
    expect(await client.whoami()).toMatchObject({ roles: [{ role: 'owner' }] });
    expect(await client.organizations()).toStrictEqual([simulator.facts.organization]);
    await pulltoken(['logout']);
    await expect(client.whoami()).rejects.toMatchObject({ code: 'not_signed_in' });
  });

  test('renews it once, and stores what takes its place', async () => {
    await login();
    await expire();
    await simulator.forget();
    const clients = [new Client(), new Client(), new Client()];
    const who = await Promise.all(clients.map((client) => client.whoami()));
    expect(who.map(({ roles }) => roles[0]?.role)).toStrictEqual(['owner', 'owner', 'owner']);
    expect(await renewals()).toHaveLength(1);
    // The command line finds the new one.
    expect(await pulltoken(['status'])).toContain('Valid! Id:');
    expect(await renewals()).toHaveLength(1);
  });

  test('passes it over at any other address, and where it is told otherwise', async () => {
    await login();
    const elsewhere = new Client({ registry: 'http://127.0.0.1:9' });
    await expect(elsewhere.whoami()).rejects.toMatchObject({ code: 'not_signed_in' });
    await expect(new Client({ token: '' }).whoami()).rejects.toMatchObject({ code: 'not_signed_in' });
    vi.stubEnv('PULLTOKEN_SESSION_TOKEN', simulator.facts.tokens['viewer']);
    expect(await new Client().whoami()).toMatchObject({ roles: [{ role: 'viewer' }] });
  });
});

describe('getCredentials', () => {
  const allowed = async (ecosystem: string, credentials: FoundCredentials) =>
    (await new Client().verifyAccess({ ecosystem, credentials })).allowed;

  test('takes the stored session for the registry, renewed', async () => {
    await expect(getCredentials()).rejects.toMatchObject({ code: 'no_credentials' });
    await login();
    await expire();
    const found = await getCredentials({ ecosystem: 'java' });
    expect(found).toMatchObject({ username: '_token', source: 'session', ecosystem: 'java' });
    expect(await allowed('java', found)).toBe(true);
  });

  test('makes a token only when asked to, and keeps it for the next time', async () => {
    await login('--audience', simulator.facts.api);
    const before = await simulator.identities();
    await expect(getCredentials({ ecosystem: 'java' })).rejects.toMatchObject({ code: 'no_credentials' });
    expect(await simulator.identities()).toStrictEqual(before);
    const made = await getCredentials({ ecosystem: 'java', mint: true, parent: 'example', ttl: '30m' });
    expect(made).toMatchObject({ source: 'mint', ecosystem: 'java' });
    expect((made.expiresAt?.getTime() ?? 0) - Date.now()).toBeLessThanOrEqual(1_800_000);
    expect(await allowed('java', made)).toBe(true);
    const kept = await getCredentials({ ecosystem: 'java' });
    expect(kept).toMatchObject({ source: 'cache', username: made.username });
    expect(kept.password).toBe(made.password);
    const printed = JSON.parse(await pulltoken(['get', '--repository', 'java', '-o', 'json'])) as object;
    expect(printed).toMatchObject({ source: 'cache', username: made.username });
    // Another organisation's is not taken for it.
    await expect(getCredentials({ ecosystem: 'java', parent: 'other' })).rejects.toMatchObject({ code: 'no_credentials' });
  });

  test('of a session given by variable keeps nothing', async () => {
    vi.stubEnv('PULLTOKEN_SESSION_TOKEN', simulator.facts.tokens['owner']);
    expect(await getCredentials({ mint: true })).toMatchObject({ source: 'mint' });
    await expect(getCredentials()).rejects.toMatchObject({ code: 'no_credentials' });
    expect(await readdir(join(folder, 'cache')).catch(() => [])).toStrictEqual([]);
  });

  test('lets a CI job be an identity', async () => {
    await login();
    const made = await pulltoken(['identities', 'create', 'gitlab', '--repo', 'example/team/web', '--ref', 'main', '--repository', 'javascript', '--parent', 'example', '-o', 'json']);
    const [identity] = JSON.parse(made) as [{ id: string }];
    await pulltoken(['logout']);
    const claims = { sub: 'project_path:example/team/web:ref_type:branch:ref:main', aud: new URL(simulator.facts.issuer).hostname };
    vi.stubEnv('GITLAB_CI', 'true');
    vi.stubEnv('PULLTOKEN_ID_TOKEN', await simulator.ciToken('https://gitlab.com', claims));
    for (const how of [{ identity: identity.id }, 'PULLTOKEN_IDENTITY']) {
      if (typeof how === 'string') vi.stubEnv(how, identity.id);
      const found = await getCredentials(typeof how === 'string' ? {} : how);
      expect(found).toMatchObject({ username: '_token', source: 'ci' });
      expect(await allowed('javascript', found)).toBe(true);
    }
    const other = getCredentials({ identity: `${identity.id.slice(0, -4)}0000` });
    await expect(other).rejects.toMatchObject({ name: 'PullTokenError', code: 'sign_in_refused' });
  });

  test('is stopped by its signal, and takes back what it began', async () => {
    await login('--audience', simulator.facts.api);
    const before = await simulator.identities();
    await simulator.fault({ method: 'POST', path: '/iam/v1/rolebindings', times: 1, action: { delay: { milliseconds: 1_500 } } });
    await simulator.forget();
    const controller = new AbortController();
    const call = getCredentials({ ecosystem: 'java', mint: true, signal: controller.signal }).catch((error: unknown) => error);
    await expect.poll(async () => (await simulator.requests()).some(({ path }) => path.startsWith('/iam/v1/rolebindings')), { timeout: 20_000 }).toBe(true);
    const cause = new Error('enough');
    controller.abort(cause);
    expect(await call).toMatchObject({ code: 'interrupted', cause });
    expect(await simulator.identities()).toStrictEqual(before);
    await simulator.mend();
  });
});
