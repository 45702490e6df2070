// Install scripts that do what real ones do work under exec as they do without it.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { npmPackages } from '../formats/support/programs';
import { selfSigned } from './support/certificate';
import { client, type ClientName } from './support/clients';
import { METHODS, type MethodName } from './support/methods';
import { User } from './support/user';
import { World } from './support/world';

const NAMES: readonly ClientName[] = ['npm 11', 'npm 12', 'pnpm 10', 'pnpm 12', 'yarn 1', 'yarn 3', 'yarn 4', 'bun'];
const INSTALLER = join(import.meta.dirname, 'scripts/installer.cjs');
/** npm brings a library that goes through proxies. */
const PACKAGES = join(npmPackages(), 'npm11', 'package.json');

/** Where programs are downloaded from, as far as this machine's user believes it. */
let downloads: { address: string; authority: string; close: () => void };
beforeAll(async () => {
  const { key, cert } = await selfSigned('DNS:localhost');
  const server = createServer({ key, cert }, (_, response) => response.end('a program'));
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  downloads = { address: `https://localhost:${(server.address() as AddressInfo).port}/program`, authority: cert, close };
});
afterAll(() => downloads.close());

describe.each(['literal', 'sealed'] satisfies MethodName[])('%s', (method) => {
  test.concurrent.for(NAMES)('%s', { timeout: 120_000 }, async (name, { expect }) => {
    const [world, user] = [await World.start(), await User.make(client(name))];
    try {
      const authority = await user.write('home/company.pem', downloads.authority);
      // Yarn 1 tells its scripts of a registry of its own choice: nothing installs in them there, with us or without.
      const nested = user.client.family === 'yarn classic' ? [] : [user.client.command, ...user.client.install];
      const words = [INSTALLER, downloads.address, authority, PACKAGES, ...nested];
      await user.project('app', { 'left-hand': '^1.0.0' }, { postinstall: ['node', ...words].map((word) => `"${word}"`).join(' ') });
      await METHODS[method].setUp(user, world);
      // What the user has set before we come.
      const both = `${authority}.all`;
      await user.write('home/company.pem.all', downloads.authority + (await readFile(world.authority, 'utf8')));
      user.more = method === 'literal' ? believing(user, world, both) : await believe(user, authority);
      await world.asked();
      const { code, stdout, stderr } = await METHODS[method].run(user, world, 'app', user.client.install);
      expect(code, stdout + stderr).toBe(0);
      const worked = JSON.parse(await readFile(user.in('app/installed.json'), 'utf8')) as Record<string, unknown>;
      expect(Object.entries(worked).filter(([, so]) => so !== true)).toEqual([]);
      expect(Object.keys(worked)).toHaveLength(user.client.family === 'yarn classic' ? 4 : 5);
      const { registry } = await world.asked();
      expect(registry.filter(({ authenticated }) => !authenticated)).toEqual([]);
      if (user.client.family !== 'yarn classic') expect(registry.some(({ path }) => path.includes('right-hand'))).toBe(true);
    } finally {
      await user.leave();
      await world.stop();
    }
  });
});

/** The client's own setting for the authorities that it believes, and Node's. */
function believing(user: User, world: World, file: string): Record<string, string> {
  return { ...user.client.through(world.tunnel.url, file), NODE_EXTRA_CA_CERTS: file };
}

/** The same in the user's own files, as far as the client has such. */
async function believe(user: User, file: string): Promise<Record<string, string>> {
  const { name, family } = user.client;
  if (name === 'yarn 4') await user.write('home/.yarnrc.yml', `httpsCaFilePath: "${file}"\n`);
  if (family === 'npm' || family === 'yarn classic' || family === 'pnpm') await user.write('home/.npmrc', `cafile=${file}\n`);
  return { NODE_EXTRA_CA_CERTS: file };
}
