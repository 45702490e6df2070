// `withSealedRegistry`: a tool runs package managers that never hold the credential, nor does the tool.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { PullTokenError, type SealedRegistry, withSealedRegistry } from 'pulltoken';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { client, type ClientName } from '../clients/support/clients';
import { holds } from '../clients/support/hunt';
import { lent } from '../clients/support/methods';
import { User, type Variables } from '../clients/support/user';
import { PULLTOKEN, REGISTRY, World } from '../clients/support/world';
import { run } from '../formats/support/run';

const PACKAGES = { 'two-hands': '^1.0.0', 'only-upstream': '^1.0.0', 'far-away': '^1.0.0' };

let world: World;
let home: string;
let outside: Variables;

beforeAll(async () => {
  world = await World.start();
  home = await mkdtemp(join(tmpdir(), 'pulltoken-sealed-'));
  outside = { ...world.reach, HOME: home, PATH: process.env['PATH'], SSL_CERT_FILE: world.authority, PULLTOKEN_BIN: PULLTOKEN };
});
afterAll(async () => {
  await world.stop();
  await rm(home, { recursive: true, force: true });
});
beforeEach(() => world.asked());

/** Whether anything listens there still. */
function answers(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.destroy() && resolve(true));
    socket.on('error', () => resolve(false));
  });
}

describe.each(['npm 11', 'pnpm 10', 'yarn 4', 'bun'] satisfies ClientName[])('%s', (name) => {
  test('installs without ever holding the credential', async () => {
    const it = client(name);
    const user = await User.make(it);
    onTestFinished(() => user.leave());
    await user.project('app', PACKAGES);
    const before = { ...process.env };
    const manager = it.command;
    const env = { ...user.variables, ...outside, PATH: user.variables['PATH'] };
    const options = { manager, cwd: user.in('app'), env, credentials: world.pair };
    const proxy = await withSealedRegistry(options, async (sealed) => {
      expect(sealed.registry).toBe(REGISTRY);
      expect(sealed.envFor(manager)).toEqual(sealed.env);
      expect(holds(inspect(sealed, { depth: 9 }) + JSON.stringify(sealed), world.pair)).toBe(false);
      const done = await run([user.in(`bin/${manager}`)], it.install, { cwd: user.in('app'), env: sealed.env, codes: 'any', limit: 90_000 });
      expect(done.code, done.stdout + done.stderr).toBe(0);
      return sealed.proxyUrl;
    });
    expect(await answers(proxy)).toBe(false);
    expect(process.env).toEqual(before);
    const { registry, storage } = await world.asked();
    expect(registry.length).toBeGreaterThan(0);
    expect(registry.filter(({ authenticated }) => !authenticated)).toEqual([]);
    expect(storage.filter(({ authorization }) => authorization !== null)).toEqual([]);
  });
});

test('the environment`s pair is used, and goes no further', async () => {
  const env = { ...outside, ...lent(world.pair), PULLTOKEN_SESSION_TOKEN: world.simulator.facts.tokens['owner'] };
  await withSealedRegistry({ env }, async (sealed) => {
    for (const manager of ['npm', 'pnpm', 'yarn', 'bun'] as const) {
      const given = sealed.envFor(manager);
      expect(given['CHAINGUARD_JAVASCRIPT_TOKEN']).not.toBe(world.pair.password);
      expect(given['PULLTOKEN_SESSION_TOKEN']).toBeUndefined();
      expect(given['HOME']).toBe(home);
    }
    expect(() => sealed.envFor('cargo' as 'npm')).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

test('addresses and trust are options, too', async () => {
  const { PULLTOKEN_CONNECT_TO, SSL_CERT_FILE, ...env } = outside;
  const options = { env, credentials: world.pair, connectTo: (PULLTOKEN_CONNECT_TO ?? '').split(','), caFile: SSL_CERT_FILE };
  await withSealedRegistry(options, async ({ env, proxyUrl, caFile }) => {
    // curl takes them as any client that is set up by hand.
    const args = ['--silent', '--fail', '--proxy', proxyUrl, '--cacert', caFile, `${REGISTRY}left-hand`];
    const { stdout } = await run(['curl'], args, { cwd: home, env });
    expect(JSON.parse(stdout)).toMatchObject({ name: 'left-hand' });
  });
  await expect(withSealedRegistry({ env, registry: 'http://registry.example' }, () => 1)).rejects.toMatchObject({ code: 'insecure_url' });
});

test('what the work throws comes out, and the registry is closed', async () => {
  let sealed: SealedRegistry | undefined;
  const failure = new Error('of the tool');
  const work = (given: SealedRegistry): never => {
    sealed = given;
    throw failure;
  };
  await expect(withSealedRegistry({ env: outside, credentials: world.pair }, work)).rejects.toBe(failure);
  expect(await answers(sealed?.proxyUrl ?? '')).toBe(false);
});

test('a signal closes it, and nothing is opened after one', async () => {
  const stop = new AbortController();
  const options = { env: outside, credentials: world.pair, signal: stop.signal };
  await withSealedRegistry(options, async ({ proxyUrl }) => {
    expect(await answers(proxyUrl)).toBe(true);
    stop.abort();
    await expect.poll(() => answers(proxyUrl)).toBe(false);
  });
  await expect(withSealedRegistry(options, () => 1)).rejects.toMatchObject({ code: 'interrupted' });
});

test('the program`s own words are the error', async () => {
  const refused = withSealedRegistry({ env: outside }, () => 1);
  await expect(refused).rejects.toBeInstanceOf(PullTokenError);
  await expect(refused).rejects.toMatchObject({ code: 'no_credentials', hint: expect.stringContaining('pulltoken login') });
  const wrong = withSealedRegistry({ env: outside, credentials: { username: 'x', password: 'y' } }, () => 1);
  await expect(wrong).rejects.toMatchObject({ code: 'no_credentials' });
});

test('a program that is none is said to be none', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pulltoken-program-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const relative = { ...outside, PULLTOKEN_BIN: 'pulltoken' };
  await expect(withSealedRegistry({ env: relative }, () => 1)).rejects.toMatchObject({ code: 'usage' });
  const other = join(folder, 'pulltoken');
  await writeFile(other, '#!/bin/sh\necho "not of ours: secret" >&2\nexit 3\n', { mode: 0o755 });
  const refused = withSealedRegistry({ env: { ...outside, PULLTOKEN_BIN: other } }, () => 1);
  await expect(refused).rejects.toMatchObject({ code: 'internal', message: expect.not.stringContaining('secret') });
  const said = async (line: string) => {
    await writeFile(other, `#!/bin/sh\necho '${line}'\nread end\n`, { mode: 0o755 });
    return withSealedRegistry({ env: { ...outside, PULLTOKEN_BIN: other } }, () => 1).catch((error: unknown) => error);
  };
  const odd = inspect(await said('not of ours: secret'));
  expect(odd).toContain("code: 'internal'");
  expect(odd).not.toContain('secret');
  // An older one may not know this package manager, which would run unsealed.
  expect(await said('{"env":{"yarn":{}}}')).toMatchObject({ code: 'internal' });
  expect(await said('{"env":{"npm":{}}}')).toBe(1);
});

test('a folder that is not there is said to be', async () => {
  const options = { env: outside, credentials: world.pair, cwd: join(home, 'nowhere') };
  await expect(withSealedRegistry(options, () => 1)).rejects.toMatchObject({ name: 'PullTokenError', code: 'usage', cause: { code: 'ENOENT' } });
});
