// pnpm asks `pulltoken helper pnpm`, by the lines that it prints itself, with a session that is signed in.
import { rm, symlink } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Result } from '../formats/support/run';
import { client } from './support/clients';
import { filesWith, holds } from './support/hunt';
import { SESSIONS, signIn } from './support/session';
import { User } from './support/user';
import { PULLTOKEN, World } from './support/world';

/** One of every kind: plain, scoped, from upstream only, kept in a store on another host. */
const PACKAGES = { 'two-hands': '^1.0.0', '@example/scoped': '^1.0.0', 'only-upstream': '^1.0.0', 'far-away': '^1.0.0' };

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world.stop());

describe.each([
  ['pnpm 9', 'pulltoken-helper-pnpm'],
  ['pnpm 10', 'pulltoken-helper-pnpm'],
  ['pnpm 11', 'pulltoken-helper-pnpm'],
  ['pnpm 12', 'pulltoken helper pnpm --quiet'],
] as const)('%s with %s', (name, command) => {
  const make = async (): Promise<User> => {
    const user = await User.make(client(name));
    onTestFinished(() => user.leave());
    const printed = `${PULLTOKEN}-helper-pnpm`;
    await symlink(PULLTOKEN, user.in('bin/pulltoken'));
    await symlink(printed, user.in('bin/pulltoken-helper-pnpm'));
    const { code, stdout, stderr } = await pulltoken(user, 'helper', 'pnpm', '--print-config');
    expect(code, stderr).toBe(0);
    expect(stdout.split(printed)).toHaveLength(3);
    // The links are the user's here, and lie elsewhere.
    await user.write('home/.npmrc', stdout.replaceAll(printed, user.in(`bin/${command}`)));
    await user.project('app', PACKAGES);
    return user;
  };

  const pulltoken = (user: User, ...args: string[]): Promise<Result> =>
    user.run('home', [PULLTOKEN], ['--ca-file', world.authority, ...args], world.reach);

  const install = (user: User, args: readonly string[]): Promise<Result> =>
    user.run('app', [user.in('bin/pnpm')], args, { ...user.client.through(world.tunnel.url, world.authority), ...world.reach });

  test('installs, and nobody else gets the credential', async () => {
    const user = await make();
    const session = await signIn(user, world);
    expect(session.username).toBe('_token');
    await world.asked();
    for (const args of [user.client.install, user.client.frozen]) {
      const result = await install(user, args);
      expect(result.code, result.stdout + result.stderr).toBe(0);
      const { registry, storage } = await world.asked();
      expect(registry.filter(({ authenticated }) => !authenticated)).toEqual([]);
      expect(registry.filter(({ path }) => path.startsWith('/javascript-upstream/'))).not.toEqual([]);
      expect(storage).not.toEqual([]);
      expect(storage.filter(({ authorization }) => authorization !== null)).toEqual([]);
      expect(holds(result.bytes, session) || holds(result.stderr, session)).toBe(false);
      await rm(user.in('app/node_modules'), { recursive: true, force: true });
      await user.forgetCaches();
    }
    // The store of sessions, and no file of pnpm's.
    expect((await filesWith(user.folder, session)).filter((file) => !file.startsWith(SESSIONS))).toEqual([]);
  });

  test('fails where nobody is signed in, and asks nobody', async () => {
    const user = await make();
    await world.asked();
    const result = await install(user, user.client.install);
    expect(result.code).not.toBe(0);
    const said = result.stdout + result.stderr;
    // The first three say that the helper failed, the last what the registry said.
    expect(said).toMatch(name === 'pnpm 12' ? /401/ : /TOKEN_HELPER_ERROR_STATUS|token helper/i);
    expect((await world.asked()).registry.filter(({ authorization }) => authorization !== null)).toEqual([]);
  });
});
