// The plugin in real Yarns: what it lends to whom, where it gets it, and what it says when that is refused.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Result } from '../formats/support/run';
import { type Pair, pullToken } from '../support/credentials';
import { client } from './support/clients';
import { Elsewhere } from './support/elsewhere';
import { filesWith, holds } from './support/hunt';
import { lent, PLUGIN } from './support/methods';
import { User, type Variables } from './support/user';
import { PULLTOKEN, REGISTRY, World } from './support/world';

/** One of every kind: plain, scoped, from upstream only, kept in a store on another host and on another port of this one. */
const PACKAGES = { 'two-hands': '^1.0.0', '@example/scoped': '^1.0.0', 'only-upstream': '^1.0.0', 'far-away': '^1.0.0', 'next-door': '^1.0.0' };

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world.stop());

/** What a user of one of the versions does. */
const userOf = (name: 'yarn 3' | 'yarn 4') => {
  /** A user with a project that wants these packages from the registry. */
  const make = async (dependencies: Record<string, string>, settings: readonly string[] = []): Promise<User> => {
    const user = await User.make(client(name));
    onTestFinished(() => user.leave());
    await user.write('home/.yarnrc.yml', [`npmRegistryServer: "${REGISTRY}"`, ...settings, ''].join('\n'));
    await user.project('app', dependencies);
    await world.asked();
    return user;
  };

  const yarn = (user: User, args: readonly string[], variables: Variables): Promise<Result> => {
    const through = user.client.through(world.tunnel.url, world.authority);
    return user.run('app', [user.in('bin/yarn')], args, { ...through, YARN_PLUGINS: PLUGIN, ...variables });
  };
  const install = (user: User, variables: Variables) => yarn(user, user.client.install, variables);

  /** Fails unless all went well, and nothing got to where it must not. */
  const expectClean = async (user: User, result: Result, pair: Pair = world.pair): Promise<void> => {
    expect(result.code, result.stdout + result.stderr).toBe(0);
    const { registry, storage } = await world.asked();
    expect(registry.length).toBeGreaterThan(0);
    expect(registry.filter(({ authenticated }) => !authenticated)).toEqual([]);
    expect(storage.filter(({ authorization }) => authorization !== null)).toEqual([]);
    expect(holds(result.bytes, pair) || holds(result.stderr, pair)).toBe(false);
    expect(await filesWith(user.folder, pair)).toEqual([]);
  };

  /** A program `pulltoken` of the user's that has the pair, and writes down each time it is asked. */
  const program = async (user: User, path: string, script = `exec "${PULLTOKEN}" "$@"`, pair = world.pair): Promise<() => Promise<number>> => {
    const variables = Object.entries(lent(pair)).map(([variable, value]) => `export ${variable}='${value}'\n`);
    // Not below the user's folder, where the secret is looked for.
    const secret = await User.make(client(name));
    onTestFinished(() => secret.leave());
    const file = await secret.write('pair.sh', variables.join(''));
    await user.write(path, `#!/bin/sh\necho "$@" >> "${user.in('asked')}"\n. "${file}"\n${script}\n`, 0o755);
    return async () => (await readFile(user.in('asked'), 'utf8').catch(() => '')).split('\n').length - 1;
  };

  return { make, yarn, install, expectClean, program };
};

describe.each(['yarn 3', 'yarn 4'] as const)('%s', (name) => {
  const { make, yarn, install, expectClean, program } = userOf(name);

  test('lends the environment`s pair to the registry alone', async () => {
    const user = await make(PACKAGES);
    const result = await install(user, lent(world.pair));
    await expectClean(user, result);
  });

  test('asks the program on PATH, once for all requests', async () => {
    const user = await make(PACKAGES);
    const asked = await program(user, 'bin/pulltoken');
    await expectClean(user, await install(user, {}));
    expect(await asked()).toBe(1);
    // A setting that makes Yarn want a header before it knows the URL.
    await forget(user);
    await user.write('home/.yarnrc.yml', `npmRegistryServer: "${REGISTRY}"\nnpmAlwaysAuth: true\n`);
    await expectClean(user, await yarn(user, user.client.frozen, {}));
  });

  test('says what to do about a credential that is refused', async () => {
    const user = await make({ 'left-hand': '^1.0.0' });
    const wrong = pullToken(30);
    const result = await install(user, lent(wrong));
    expect(result.code).toBe(1);
    expect(result.stdout).toMatch(/YN0041.*pulltoken: libraries\.cgr\.dev answered 401: it does not take the credential of CHAINGUARD_JAVASCRIPT_TOKEN, good until .*`pulltoken login`/);
    expect(holds(result.bytes, wrong)).toBe(false);
  });

  test('hands on why a package is forbidden', async () => {
    const user = await make({ 'bad-apple': '^1.0.0' });
    const result = await install(user, lent(world.pair));
    expect(result.code).toBe(1);
    expect(result.stdout).toMatch(/YN0035.*pulltoken: libraries\.cgr\.dev forbids .*bad-apple.*\(403\): blocked by policy: bad-apple@1\.0\.0 is known malware/);
  });

  test('leaves a download elsewhere without it', async () => {
    const user = await make({ 'left-hand': '1.0.0' }, ['npmAlwaysAuth: true']);
    const elsewhere = 'https://libraries.cgr.dev/python/left-hand-1.0.0.tgz';
    const store = (await storeUrl()) + '/left-hand-1.0.0.tgz';
    for (const url of [elsewhere, store]) {
      await user.write('app/yarn.lock', lockfile(name, `left-hand@npm:1.0.0::__archiveUrl=${encodeURIComponent(url)}`));
      const result = await install(user, lent(world.pair));
      expect(result.code).toBe(1);
      const { registry, storage } = await world.asked();
      const path = new URL(url).pathname;
      const at = [...registry, ...storage].filter((request) => request.path.startsWith(path));
      expect(at.map(({ authorization }) => authorization)).not.toEqual([]);
      expect(at.filter(({ authorization }) => authorization !== null)).toEqual([]);
    }
  });

  test('follows a redirect to another path of the same host without it', async () => {
    const user = await make({ moved: '1.0.0' }, ['unsafeHttpWhitelist: ["127.0.0.1"]', 'npmAlwaysAuth: true']);
    const pair = pullToken(30);
    const seen = new Map<string, string | undefined>();
    const registry = createServer(({ url = '', headers }, response) => {
      seen.set(url, headers.authorization);
      const tarball = `${origin}/javascript/moved/-/moved-1.0.0.tgz`;
      if (url === new URL(tarball).pathname) return response.writeHead(302, { location: '/elsewhere/moved-1.0.0.tgz' }).end();
      if (url !== '/javascript/moved') return response.writeHead(404).end();
      const versions = { '1.0.0': { name: 'moved', version: '1.0.0', dist: { tarball } } };
      // Old enough for a Yarn that waits before it installs something new.
      const time = { '1.0.0': '2020-01-01T00:00:00.000Z' };
      return response.end(JSON.stringify({ name: 'moved', versions, time, 'dist-tags': { latest: '1.0.0' } }));
    });
    await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => new Promise<void>((resolve) => registry.close(() => resolve()).closeAllConnections()));
    const origin = `http://127.0.0.1:${(registry.address() as AddressInfo).port}`;
    const variables = { PULLTOKEN_REGISTRY: origin, YARN_NPM_REGISTRY_SERVER: `${origin}/javascript/` };
    const result = await install(user, { ...lent(pair), ...variables, YARN_HTTPS_PROXY: undefined });
    expect(result.stdout).toContain('YN0035');
    const header = `Basic ${Buffer.from(`${pair.username}:${pair.password}`).toString('base64')}`;
    expect([...seen]).toEqual([
      ['/javascript/moved', header],
      ['/javascript/moved/-/moved-1.0.0.tgz', header],
      ['/elsewhere/moved-1.0.0.tgz', undefined],
    ]);
  });

  test('lends nothing where the project decides who reads it', async () => {
    const at = await Elsewhere.start();
    onTestFinished(() => at.stop());
    const hostile = [
      ['enableStrictSsl: false'],
      [`httpsProxy: "${at.url}"`, 'enableStrictSsl: false'],
      ['networkSettings:', '  "*.cgr.dev":', `    httpsProxy: "${at.url}"`, 'enableStrictSsl: false'],
    ];
    // In a file of the user's own they are the user's wish, and the company's proxy reads along.
    const user = await make({ 'left-hand': '^1.0.0' }, hostile[2]);
    const own = await install(user, lent(world.pair));
    expect(own.stdout).not.toContain('no credential was sent');
    // Yarn 3 believes no other authority on its way through a proxy, whatever its settings say.
    expect(holds(at.heard.join('\n'), world.pair)).toBe(name === 'yarn 4');
    await user.write('home/.yarnrc.yml', `npmRegistryServer: "${REGISTRY}"\n`);
    for (const settings of hostile) {
      at.heard.length = 0;
      await forget(user);
      await user.write('app/.yarnrc.yml', [...settings, 'npmAlwaysAuth: true', ''].join('\n'));
      const YARN_HTTPS_PROXY = settings.join().includes('httpsProxy') ? undefined : world.tunnel.url;
      const result = await install(user, { ...lent(world.pair), YARN_HTTPS_PROXY });
      expect(result.code).toBe(1);
      expect(result.stdout).toMatch(/YN0033|no credential was sent, since the project's \.yarnrc\.yml sets (httpsProxy|enableStrictSsl|networkSettings), by which/);
      expect(holds(at.heard.join('\n'), world.pair)).toBe(false);
      expect((await world.asked()).registry.filter(({ authorization }) => authorization !== null)).toEqual([]);
    }
    // A proxy that can read nothing is the project's own affair.
    await forget(user);
    await user.write('app/.yarnrc.yml', `httpsProxy: "${world.tunnel.url}"\n`);
    await expectClean(user, await install(user, { ...lent(world.pair), YARN_HTTPS_PROXY: undefined }));
  });

  test('can be imported into a project', async () => {
    const user = await make(PACKAGES);
    const imported = await yarn(user, ['plugin', 'import', PLUGIN], { YARN_PLUGINS: undefined });
    expect(imported.code, imported.stdout).toBe(0);
    expect(await readFile(user.in('app/.yarnrc.yml'), 'utf8')).toContain('plugin-pulltoken.cjs');
    await expectClean(user, await install(user, { ...lent(world.pair), YARN_PLUGINS: undefined }));
  });
});

describe('whatever the version', () => {
  const { make, install, expectClean, program } = userOf('yarn 4');

  test('asks PULLTOKEN_BIN before PATH, and takes no relative one', async () => {
    const user = await make({ 'left-hand': '^1.0.0' });
    await user.write('bin/pulltoken', '#!/bin/sh\nexit 1\n', 0o755);
    const asked = await program(user, 'elsewhere/pulltoken');
    await expectClean(user, await install(user, { PULLTOKEN_BIN: user.in('elsewhere/pulltoken') }));
    expect(await asked()).toBe(1);
    await forget(user);
    const refused = await install(user, { ...lent(world.pair), PULLTOKEN_BIN: '../elsewhere/pulltoken' });
    expect(refused.stdout).toContain('PULLTOKEN_BIN is not the absolute path of a program');
    expect(await asked()).toBe(1);
  });

  test('runs no program that a project brings', async () => {
    const user = await make({ 'left-hand': '^1.0.0' });
    const asked = await program(user, 'app/node_modules/.bin/pulltoken');
    await program(user, 'app/tools/pulltoken');
    const PATH = ['tools', '', './tools', user.in('app/node_modules/.bin'), user.variables['PATH']].join(':');
    const result = await install(user, { PATH });
    expect(await asked()).toBe(0);
    expect(result.code).toBe(1);
    expect(result.stdout).toMatch(/YN0041.*pulltoken: libraries\.cgr\.dev answered 401: no credential was sent, since there is no program `pulltoken` on PATH/);
  });

  test('renews what is about to end', async () => {
    const user = await make({ 'two-hands': '^1.0.0' });
    const soon = `"${PULLTOKEN}" "$@" | sed "s/\\"expiresAt\\":\\"[^\\"]*\\"/\\"expiresAt\\":\\"$(date -u -d '+30 seconds' +%FT%TZ)\\"/"`;
    const asked = await program(user, 'bin/pulltoken', soon);
    await expectClean(user, await install(user, {}));
    expect(await asked()).toBeGreaterThan(1);
  });

  test('sends no pair that cannot be good', async () => {
    const user = await make({ 'left-hand': '^1.0.0' });
    const result = await install(user, lent(pullToken(-1)));
    expect(result.stdout).toMatch(/no credential was sent, since CHAINGUARD_JAVASCRIPT_TOKEN cannot be used: .*expired/);
    const { registry } = await world.asked();
    expect(registry.length).toBeGreaterThan(0);
    expect(registry.filter(({ authorization }) => authorization !== null)).toEqual([]);
  });

  test('says what the program says', async () => {
    const user = await make({ 'left-hand': '^1.0.0' });
    await user.write('bin/pulltoken', `#!/bin/sh\nexec "${PULLTOKEN}" "$@"\n`, 0o755);
    const result = await install(user, world.reach);
    expect(result.stdout).toMatch(/no credential was sent, since no credentials for javascript: .*`pulltoken login`/);
  });

  test('does nothing for other registries', async () => {
    const user = await make({ 'left-hand': '^1.0.0' });
    const asked = await program(user, 'bin/pulltoken');
    await user.write('home/.yarnrc.yml', `npmRegistryServer: "${await storeUrl()}/javascript/"\n`);
    const result = await install(user, {});
    expect(result.code).toBe(1);
    expect((await world.asked()).storage.map(({ authorization }) => authorization)).toContain(null);
    expect(await asked()).toBe(0);
  });
});

test('no signal opens an inspector in the process that holds the credential', async () => {
  const core = '{ YarnVersion: "4.0.0" }';
  const plugin = `require(${JSON.stringify(PLUGIN)}).factory((name) => (name === '@yarnpkg/core' ? ${core} : require(name)));`;
  expect(await signalled('')).toMatch(/^ready\nDebugger listening on /);
  expect(await signalled(plugin)).toBe('ready\nheard\n');
});

test('the hooks know a header of theirs under every spelling, and no other', async () => {
  const pair = pullToken(30);
  for (const [variable, value] of Object.entries(lent(pair))) vi.stubEnv(variable, value);
  vi.stubEnv('PATH', '');
  onTestFinished(() => void vi.unstubAllEnvs());
  const load = createRequire(import.meta.url);
  const { hooks } = load(PLUGIN).factory((name: string) => (name === '@yarnpkg/core' ? { YarnVersion: '4.0.0' } : load(name)));
  const context = { configuration: { sources: new Map() } };
  const header = await hooks.getNpmAuthenticationHeader(undefined, REGISTRY, context);
  expect(header).toBe(`Basic ${Buffer.from(`${pair.username}:${pair.password}`).toString('base64')}`);
  expect(await hooks.getNpmAuthenticationHeader(undefined, 'https://libraries.cgr.dev.example/javascript/', context)).toBeUndefined();
  expect(await hooks.getNpmAuthenticationHeader('Bearer theirs', REGISTRY, context)).toBe('Bearer theirs');

  const executor = (): Promise<object> => Promise.resolve({});
  const sent = async (target: string | URL, headers?: object): Promise<object | undefined> => {
    const request = { ...context, target, headers: headers === undefined ? undefined : { ...headers } };
    await hooks.wrapNetworkRequest(executor, request);
    return request.headers;
  };
  expect(await sent('https://elsewhere.example/x.tgz', { Authorization: header, accept: '*/*' })).toEqual({ accept: '*/*' });
  expect(await sent('https://elsewhere.example/x.tgz', { authorization: 'Bearer theirs' })).toEqual({ authorization: 'Bearer theirs' });
  expect(await sent('http://libraries.cgr.dev/javascript/x', { authorization: header })).toEqual({});
  expect(await sent(new URL('x', REGISTRY))).toEqual({ authorization: header });
  expect(await sent(`${REGISTRY}x`, { Authorization: 'Bearer old', accept: '*/*' })).toEqual({ authorization: header, accept: '*/*' });
  // On the registry's own host, and none of its repositories.
  expect(await sent('https://libraries.cgr.dev/token', { authorization: header })).toEqual({});
});

/** All that a process says which runs this script and is then sent the signal: Node tells of an inspector that it opens. */
async function signalled(script: string): Promise<string> {
  // A listener of the test's own would keep the inspector shut: it only joins one that is there. Another program may have the usual port.
  const rest = `
    if (process.listenerCount('SIGUSR1') > 0) process.on('SIGUSR1', () => console.error('heard'));
    process.stdin.resume();
    console.error('ready');`;
  const child = spawn(process.execPath, ['--inspect-port=0', '-e', script + rest], { stdio: ['pipe', 'ignore', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const closed = once(child, 'close');
  let said = '';
  child.stderr.on('data', (data: Buffer) => {
    const before = said;
    said += String(data);
    if (!before.includes('ready') && said.includes('ready')) child.kill('SIGUSR1');
    if (/heard|listening/.test(said)) child.stdin.end();
  });
  await closed;
  return said;
}

/** Everything that was fetched: Yarn 3 keeps it in the project. */
async function forget(user: User): Promise<void> {
  await user.forgetCaches();
  await rm(user.in('app/.yarn'), { recursive: true, force: true });
}

/** Where the simulator's store is by its real name. */
async function storeUrl(): Promise<string> {
  const rule = (world.reach.PULLTOKEN_CONNECT_TO ?? '').split(',').at(-1) ?? '';
  const [host, port] = rule.split(':');
  return `https://${host}:${port}`;
}

/** A lockfile of a project that wants `left-hand` alone, and has it from here. */
function lockfile(name: string, resolution: string): string {
  const version = name === 'yarn 3' ? 6 : 8;
  const block = (key: string, lines: string[]) => `${JSON.stringify(key)}:\n${lines.map((line) => `  ${line}\n`).join('')}\n`;
  return [
    `__metadata:\n  version: ${version}\n\n`,
    block('app@workspace:.', ['version: 0.0.0-use.local', 'resolution: "app@workspace:."', 'dependencies:', '  left-hand: 1.0.0', 'languageName: unknown', 'linkType: soft']),
    block('left-hand@npm:1.0.0', ['version: 1.0.0', `resolution: ${JSON.stringify(resolution)}`, 'languageName: node', 'linkType: hard']),
  ].join('');
}

