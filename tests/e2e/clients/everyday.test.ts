// What else people do all day: audit, publish, a project of several hundred packages, an install that is killed.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { copyFile, readdir, readFile, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { npmPackage } from '../formats/support/packages';
import { program } from '../formats/support/programs';
import { Registry } from '../formats/support/registry';
import { run } from '../formats/support/run';
import { client, type ClientName } from './support/clients';
import { holds } from './support/hunt';
import { exec, inShell, lent, METHODS } from './support/methods';
import { signIn } from './support/session';
import { User } from './support/user';
import { PULLTOKEN, REGISTRY, World } from './support/world';

async function make(name: ClientName, ...args: string[]): Promise<{ world: World; user: User }> {
  const [world, user] = [await World.start(...args), await User.make(client(name))];
  onTestFinished(async () => {
    await user.leave();
    await world.stop();
  });
  return { world, user };
}

/** By `exec`, and in a shell of the agent's. */
const WAYS = [
  ['npm 10', 'agent'],
  ['npm 11', 'sealed'],
  ['npm 11', 'agent'],
  ['npm 12', 'agent'],
] as const;

test.each(WAYS)('%s audit asks the registry, %s', async (name, way) => {
  const { world, user } = await make(name);
  await user.project('app', { 'two-hands': '^1.0.0' });
  await METHODS[way].setUp(user, world);
  expect((await METHODS[way].run(user, world, 'app', ['install', '--no-audit'])).code).toBe(0);
  await world.asked();
  const { code, stdout, stderr } = await METHODS[way].run(user, world, 'app', ['audit']);
  expect(code, stderr).toBe(0);
  expect(stdout).toContain('found 0 vulnerabilities');
  const { registry } = await world.asked();
  expect(registry.map(({ method, path, authenticated }) => ({ method, path, authenticated }))).toContainEqual({
    method: 'POST',
    path: '/javascript/-/npm/v1/security/advisories/bulk',
    authenticated: true,
  });
});

test.each(['npm 11', 'pnpm 12', 'yarn 1', 'yarn 4', 'bun'] as const)(
  'an agent leaves a project of another registry as it is: %s',
  { timeout: 120_000 },
  async (name) => {
    const { world, user } = await make(name);
    const open = await Registry.open(npmPackage('npm', 'theirs'));
    const berry = user.client.family === 'yarn';
    const server = `${open.origin}/npm/`;
    await user.project('app', { theirs: '1.0.0' }, { postinstall: 'node -p "JSON.stringify(process.env)" > seen.json' });
    await user.write(berry ? 'app/.yarnrc.yml' : 'app/.npmrc', berry ? `npmRegistryServer: "${server}"\nunsafeHttpWhitelist: ["localhost"]\n` : `registry=${server}\n`);
    await signIn(user, world);
    const plain = await user.run('app', [user.in(`bin/${user.client.command}`)], user.client.install);
    expect(plain.code, plain.stdout + plain.stderr).toBe(0);
    const [lockfile, without] = await Promise.all([readFile(user.in(`app/${user.client.lockfile}`), 'utf8'), seen(user)]);
    // The script has to run anew: what it wrote before would say nothing of us.
    for (const name of ['node_modules', '.yarn', '.pnp.cjs', 'seen.json']) await rm(user.in(`app/${name}`), { recursive: true, force: true });
    await user.forgetCaches();
    await world.asked();
    open.asked.length = 0;

    const { code, stdout, stderr } = await inShell(user, world, 'app', user.client.frozen);
    expect(code, stdout + stderr).toBe(0);
    expect(open.asked.length).toBeGreaterThan(0);
    expect(open.asked.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
    expect((await world.asked()).registry).toEqual([]);
    expect(await readFile(user.in(`app/${user.client.lockfile}`), 'utf8')).toBe(lockfile);
    // Nothing of the client's own is set that was not without us.
    const settings = (names: string[]) => names.filter((it) => /^(npm|pnpm|yarn|bun)_|proxy|cert|^node_/i.test(it)).sort();
    expect(settings(await seen(user))).toEqual(settings(without));
  },
);

/** The variables that an install script had. */
async function seen(user: User): Promise<string[]> {
  return Object.keys(JSON.parse(await readFile(user.in('app/seen.json'), 'utf8')) as object);
}

test.each(WAYS)('%s publish goes to the registry that it is for, with what the user has for it, %s', async (name, way) => {
  const { world, user } = await make(name);
  const heard: { method: string; url: string; authorization: string; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString('latin1')));
    request.on('end', () => {
      heard.push({ method: request.method ?? '', url: request.url ?? '', authorization: request.headers.authorization ?? '', body });
      response.writeHead(request.method === 'PUT' ? 201 : 404, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  await METHODS[way].setUp(user, world);
  await user.write('home/.npmrc', `registry=${REGISTRY}\n//${host}/:_authToken=of-the-other\n`);
  const manifest = { name: 'mine', version: '1.0.0', publishConfig: { registry: `http://${host}/` } };
  await user.write('app/package.json', JSON.stringify(manifest));
  const { code, stdout, stderr } = await METHODS[way].run(user, world, 'app', ['publish']);
  expect(code, stdout + stderr).toBe(0);
  const published = heard.filter(({ method }) => method === 'PUT');
  expect(published.map(({ url, authorization }) => ({ url, authorization }))).toEqual([
    { url: '/mine', authorization: 'Bearer of-the-other' },
  ]);
  expect(holds(JSON.stringify(heard), world.pair)).toBe(false);
  expect((await world.asked()).registry).toEqual([]);
});

test('a project of several hundred packages installs, also after it was killed in the middle', { timeout: 300_000 }, async () => {
  // Packages come from wherever this machine has them from.
  const { HOME, npm_config_registry } = process.env;
  const asked = await run(program('npm'), ['config', 'get', 'registry'], { cwd: tmpdir(), env: { HOME, npm_config_registry } });
  const upstream = asked.stdout.trim();
  const { world, user } = await make('npm 11', '--upstream-npm', upstream);
  await user.project('app', {});
  for (const name of ['package.json', 'package-lock.json']) {
    await copyFile(join(import.meta.dirname, 'real', name), user.in(`app/${name}`));
  }
  const lockfile = await readFile(user.in('app/package-lock.json'), 'utf8');
  const args = ['ci', '--no-audit', '--no-fund', '--ignore-scripts'];

  const env = { ...user.variables, ...world.reach, ...lent(world.pair) };
  const words = ['--ca-file', world.authority, 'exec', '--', 'npm', ...args];
  const child = spawn(PULLTOKEN, words, { cwd: user.in('app'), env, stdio: 'ignore', detached: true });
  const ended = once(child, 'exit');
  await expect.poll(async () => (await world.simulator.requests()).length, { timeout: 60_000 }).toBeGreaterThan(60);
  // Nothing is told: neither the proxy nor npm, which is left behind without it.
  process.kill(child.pid ?? 0, 'SIGKILL');
  expect(await ended).toEqual([null, 'SIGKILL']);
  process.kill(-(child.pid ?? 0), 'SIGKILL');

  await world.asked();
  const { code, stdout, stderr } = await exec(user, world, 'app', [], args);
  expect(code, stdout + stderr).toBe(0);
  expect(stdout).toMatch(/added 3\d\d packages/);
  const { registry } = await world.asked();
  expect(registry.length).toBeGreaterThan(200);
  expect(registry.filter(({ authenticated }) => !authenticated)).toEqual([]);
  expect(await readFile(user.in('app/package-lock.json'), 'utf8')).toBe(lockfile);
  expect(await readdir(user.in('home/.cache/pulltoken/run'))).toEqual([]);
});
