// What one client does by one method.
import { readFile } from 'node:fs/promises';
import type { LoggedRequest } from '../../../parity/simulator.ts';
import type { Result } from '../../formats/support/run';
import type { Client } from './clients';
import { filesWith, holds } from './hunt';
import { METHODS, type MethodName } from './methods';
import { User } from './user';
import type { World } from './world';

/** Where a credential may turn up beside the registry. */
export type Leak = 'files' | 'output' | 'scripts' | 'store';

export interface Cell {
  /** The code with which pulltoken refused, before the client ran. */
  refused?: string;
  /** Installs, and installs again from the lockfile alone. */
  works: boolean;
  /** Installs what the registry serves by a redirect to another port of its own host. */
  nextDoor: boolean;
  /** All requests to the registry were, all of them. */
  authenticated: boolean;
  leaks: Leak[];
  lockfile: string;
  /** What was said, for whoever has to find out why. */
  said: string;
}

/** One of every kind: plain, scoped, served from upstream only, kept in a store on another host. */
const PACKAGES = { 'two-hands': '^1.0.0', '@example/scoped': '^1.0.0', 'only-upstream': '^1.0.0', 'far-away': '^1.0.0' };
/** Kept in a store on another port of the registry's host. */
const NEXT_DOOR = { 'next-door': '^1.0.0' };

const RECORD = `require('node:fs').writeFileSync('seen.json', JSON.stringify({ env: process.env, argv: process.argv }));\n`;
const SEEN = 'app/seen.json';

export async function measure(world: World, client: Client, name: MethodName): Promise<Cell> {
  const method = METHODS[name];
  const user = await User.make(client);
  try {
    await user.project('app', PACKAGES, { postinstall: 'node record.cjs' });
    await user.project('door', NEXT_DOOR);
    await user.write('app/record.cjs', RECORD);
    const { secret, meant } = await method.setUp(user, world);
    await world.asked();

    const results: Result[] = [];
    const install = async (project: string, args: readonly string[]) => {
      const result = await method.run(user, world, project, args).catch(unfinished);
      results.push(result);
      return { ok: result.code === 0, ...(await world.asked()) };
    };
    const first = await install('app', client.install);
    const refusal = first.registry.length === 0 ? /^error\[([a-z_]+)\]/m.exec(results[0]?.stderr ?? '')?.[1] : undefined;
    const lockfile = await readFile(user.in(`app/${client.lockfile}`), 'utf8').catch(() => '');
    const seen = await readFile(user.in(SEEN), 'utf8').catch(() => undefined);
    await user.forgetCaches();
    const again = await install('app', client.frozen);
    const door = await install('door', client.install);

    const found = await filesWith(user.folder, secret);
    // What is meant to hold it has to be found, or else the hunt finds nothing anywhere.
    const missed = meant.filter((place) => !found.some((file) => isAt(file, place)));
    if (missed.length > 0) throw new Error(`the hunt missed ${missed.join(', ')}`);
    const files = found.filter((file) => file !== SEEN && !meant.some((place) => isAt(file, place)));
    const leaks: Leak[] = [];
    if (files.length > 0) leaks.push('files');
    if (results.some(({ bytes, stderr }) => holds(bytes, secret) || holds(stderr, secret))) leaks.push('output');
    if (seen !== undefined && holds(seen, secret)) leaks.push('scripts');
    if ([first, again, door].some(({ storage }) => storage.some(bears))) leaks.push('store');
    const registry = [first, again, door].flatMap((one) => one.registry);
    return {
      ...(refusal === undefined ? {} : { refused: refusal }),
      works: first.ok && again.ok && seen !== undefined,
      nextDoor: door.ok,
      authenticated: registry.length > 0 && registry.every((request) => request.authenticated),
      leaks,
      lockfile,
      said: [
        ...results.map(({ code, stdout, stderr }) => `ended with ${code}\n${stdout}\n${stderr}`),
        `files with the secret: ${files.join(', ')}`,
        ...[first, again, door].flatMap((one) => [...one.registry, ...one.storage].map(line)),
      ].join('\n'),
    };
  } finally {
    await user.leave();
  }
}

function isAt(file: string, place: string): boolean {
  return place.endsWith('/') ? file.startsWith(place) : file === place;
}

/** One that did not end in time counts as failed. */
function unfinished(error: Error): Result {
  return { code: null, bytes: Buffer.alloc(0), stdout: '', stderr: error.message };
}

function bears({ authorization }: LoggedRequest): boolean {
  return authorization !== null;
}

function line({ part, method, path, status, authenticated }: LoggedRequest): string {
  return `${part} ${method} ${path} ${status} ${authenticated ? 'authenticated' : ''}`;
}
