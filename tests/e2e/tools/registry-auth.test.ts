// `createRegistryAuth` in the HTTP clients that tools are built on: each gets in, and no redirect takes the credential along.
import { type Agent, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import npmFetch from 'npm-registry-fetch';
import pacote from 'pacote';
import * as pulltoken from 'pulltoken';
import { Agent as UndiciAgent, fetch as undiciFetch, interceptors, request } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { Simulator } from '../../parity/simulator.ts';
import { run } from '../formats/support/run';

/** Plain, scoped, from upstream only, kept in a store on another host, and in one on another port of this one. */
const PACKAGES = ['left-hand', '@example/scoped', 'only-upstream', 'far-away', 'next-door'] as const;

let simulator: Simulator;
let registry: string;
let pair: pulltoken.PullToken;

const create = (ttl: string) =>
  simulator.client(pulltoken).createPullToken({ parent: 'example', ecosystem: 'javascript', ttl });

beforeAll(async () => {
  simulator = await Simulator.start();
  registry = `${simulator.facts.registry}/javascript/`;
  pair = await create('24h');
});
afterAll(() => simulator.stop());

beforeEach(async () => {
  vi.stubEnv('PULLTOKEN_REGISTRY', simulator.facts.registry);
  vi.stubEnv('CHAINGUARD_JAVASCRIPT_IDENTITY_ID', pair.username);
  vi.stubEnv('CHAINGUARD_JAVASCRIPT_TOKEN', pair.password);
  await simulator.forget();
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

/** Fails unless the registry knew who asked each time, and the store was asked for both downloads without a credential. */
async function expectClean(): Promise<void> {
  const all = await simulator.requests();
  const of = (part: string) => all.filter((one) => one.part === part);
  expect(of('registry').filter(({ authenticated }) => !authenticated)).toEqual([]);
  expect(of('storage').map(({ authorization }) => authorization)).toEqual([null, null]);
}

/** Where a package's latest version is downloaded from. */
async function tarball(name: string): Promise<string> {
  const auth = pulltoken.createRegistryAuth();
  const answer = await auth.fetch(registry + name.replace('/', '%2f'));
  const document = (await answer.json()) as { 'dist-tags': { latest: string }; versions: Record<string, { dist: { tarball: string } }> };
  await simulator.forget();
  return document.versions[document['dist-tags'].latest]?.dist.tarball ?? '';
}

describe('every client gets its packages, and the store never sees the credential:', () => {
  test('npm-registry-fetch', async () => {
    const urls = await Promise.all(PACKAGES.map(tarball));
    const options = await pulltoken.createRegistryAuth().npmOptions<Agent>();
    expect(await npmFetch.json('/@example%2fscoped', options)).toMatchObject({ name: '@example/scoped' });
    for (const url of urls) expect((await (await npmFetch(url, options)).buffer()).length).toBeGreaterThan(100);
    await expectClean();
  });

  test('pacote', async () => {
    const cache = await mkdtemp(join(tmpdir(), 'pulltoken-pacote-'));
    onTestFinished(() => rm(cache, { recursive: true, force: true }));
    const options = { ...(await pulltoken.createRegistryAuth().npmOptions<Agent>()), cache };
    for (const name of PACKAGES) expect((await pacote.tarball(`${name}@latest`, options)).length).toBeGreaterThan(100);
    await expectClean();
  });

  test('undici', async () => {
    const urls = await Promise.all(PACKAGES.map(tarball));
    const auth = pulltoken.createRegistryAuth();
    const dispatcher = new UndiciAgent().compose(auth.interceptor, interceptors.redirect({ maxRedirections: 3 }));
    onTestFinished(() => dispatcher.close());
    for (const url of urls) {
      const { statusCode, body } = await request(url, { dispatcher, headers: { accept: '*/*', Authorization: 'Bearer old' } });
      expect(statusCode).toBe(200);
      expect((await body.arrayBuffer()).byteLength).toBeGreaterThan(100);
    }
    await expectClean();
  });

  test('the fetch of undici', async () => {
    const urls = await Promise.all(PACKAGES.map(tarball));
    const dispatcher = new UndiciAgent().compose(pulltoken.createRegistryAuth().interceptor);
    onTestFinished(() => dispatcher.close());
    for (const url of urls) {
      const answer = await undiciFetch(url, { dispatcher });
      expect(answer.status).toBe(200);
      expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(100);
    }
    await expectClean();
  });

  test('fetch', async () => {
    const urls = await Promise.all(PACKAGES.map(tarball));
    const auth = pulltoken.createRegistryAuth();
    for (const url of urls) {
      const answer = await auth.fetch(new Request(url, { headers: { accept: '*/*' } }));
      expect(answer.status).toBe(200);
      expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(100);
    }
    await expectClean();
  });
});

test('the examples of the documentation say the latest version', async () => {
  const page = await readFile(join(import.meta.dirname, '../../../docs/node-tools.md'), 'utf8');
  const examples = [...page.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code ?? '');
  expect(examples).toHaveLength(4);
  // Below this folder, from where the packages are found.
  const folder = await mkdtemp(join(import.meta.dirname, 'example-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [index, code] of examples.entries()) {
    const file = join(folder, `${index}.mjs`);
    await writeFile(file, code);
    const { stdout } = await run([process.execPath], [file], { cwd: folder, env: { ...process.env, HOME: folder } });
    expect(stdout).toMatch(/^1\.1\.0( true)?\n$/);
  }
  expect((await simulator.requests()).filter(({ part, authorization }) => (part === 'registry') === (authorization === null))).toEqual([]);
});

test('the header is for the registry`s repositories, and nothing is looked for on behalf of others', async () => {
  const auth = pulltoken.createRegistryAuth();
  const header = `Basic ${Buffer.from(`${pair.username}:${pair.password}`).toString('base64')}`;
  expect(auth.registry).toBe(registry);
  expect(await auth.header(`${registry}left-hand`)).toBe(header);
  expect(await auth.header(new URL('../javascript-upstream/x', registry))).toBe(header);
  expect(await auth.header(`${simulator.facts.registry}/token`)).toBeUndefined();
  vi.stubEnv('CHAINGUARD_JAVASCRIPT_TOKEN', '');
  const none = pulltoken.createRegistryAuth();
  expect(await none.header('https://registry.example/javascript/x')).toBeUndefined();
  await expect(none.header(registry)).rejects.toMatchObject({ code: 'no_credentials' });
  await expect(none.npmOptions()).rejects.toMatchObject({ code: 'no_credentials' });
  const dispatcher = new UndiciAgent().compose(none.interceptor);
  onTestFinished(() => dispatcher.close());
  await expect(request(registry, { dispatcher })).rejects.toMatchObject({ code: 'no_credentials' });
});

test('another path of the registry`s own host gets nothing from any client', async () => {
  const auth = pulltoken.createRegistryAuth();
  const url = `${simulator.facts.registry}/python/simple/`;
  const dispatcher = new UndiciAgent().compose(auth.interceptor);
  onTestFinished(() => dispatcher.close());
  const options = await auth.npmOptions<Agent>();
  await expect(npmFetch(url, { ...options, retry: { retries: 0 } })).rejects.toMatchObject({ statusCode: 401 });
  expect((await request(url, { dispatcher })).statusCode).toBe(401);
  expect((await auth.fetch(url)).status).toBe(401);
  const seen = await simulator.requests();
  expect(seen.map(({ authorization }) => authorization)).toEqual([null, null, null]);
});

test('what is about to end is renewed', async () => {
  const auth = pulltoken.createRegistryAuth();
  const [options, first] = [await auth.npmOptions<Agent>(), await auth.header(registry)];
  const next = await create('48h');
  vi.stubEnv('CHAINGUARD_JAVASCRIPT_IDENTITY_ID', next.username);
  vi.stubEnv('CHAINGUARD_JAVASCRIPT_TOKEN', next.password);
  expect(await auth.header(registry)).toBe(first);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 24 * 3_600_000 - 30_000 });
  expect(await auth.header(registry)).toBe(`Basic ${Buffer.from(`${next.username}:${next.password}`).toString('base64')}`);
  // Options that were given out before use the new one.
  await simulator.client(pulltoken).deletePullToken(pair.id);
  expect(await npmFetch.json('/left-hand', options)).toMatchObject({ name: 'left-hand' });
  pair = next;
});

test('nothing that is handed out shows the credential', async () => {
  const auth = pulltoken.createRegistryAuth();
  const options = await auth.npmOptions<Agent>();
  for (const shown of [auth, options, auth.fetch, auth.interceptor]) {
    const text = inspect(shown, { depth: 9, showHidden: true }) + (JSON.stringify(shown) ?? '');
    expect(text).not.toContain(pair.password.slice(-40));
  }
});

test('a redirect is followed for what only reads, five times at most', async () => {
  const auth = pulltoken.createRegistryAuth();
  const url = await tarball('far-away');
  expect((await auth.fetch(url, { redirect: 'manual' })).status).toBe(302);
  await expect(auth.fetch(url, { redirect: 'error' })).rejects.toThrow(TypeError);
  expect((await auth.fetch(url, { method: 'HEAD' })).status).toBe(200);
  expect((await simulator.requests()).filter(({ part }) => part === 'storage')).toMatchObject([{ method: 'HEAD', authorization: null }]);

  let asked = 0;
  const circle = createServer((_, response) => {
    asked += 1;
    response.writeHead(307, { location: '/again' }).end();
  });
  await new Promise<void>((resolve) => circle.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => circle.close(() => resolve()).closeAllConnections()));
  const { port } = circle.address() as AddressInfo;
  await expect(auth.fetch(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({ code: 'unexpected_response' });
  expect(asked).toBe(6);
  // What may have a body is sent once.
  await expect(auth.fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: '{}' })).rejects.toThrow(TypeError);
  expect(asked).toBe(7);
});

test('an ecosystem or registry that is none is refused at once', () => {
  expect(() => pulltoken.createRegistryAuth({ ecosystem: 'cobol' })).toThrow(expect.objectContaining({ code: 'unknown_ecosystem' }));
  expect(() => pulltoken.createRegistryAuth({ registry: 'http://registry.example' })).toThrow(expect.objectContaining({ code: 'insecure_url' }));
  expect(pulltoken.createRegistryAuth({ ecosystem: 'python' }).registry).toBe(`${simulator.facts.registry}/python/`);
});
