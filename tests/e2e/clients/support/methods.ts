// The ways in which a credential gets to a package manager.
import { resolve } from 'node:path';
import type { Pair } from '../../support/credentials';
import type { Program, Result } from '../../formats/support/run';
import type { Client } from './clients';
import { SESSIONS, signIn } from './session';
import type { User, Variables } from './user';
import { PULLTOKEN, REGISTRY, type World } from './world';

export interface Method {
  /** A heading of the documentation. */
  readonly title: string;
  readonly isFor: (client: Client) => boolean;
  /** What the user does once. */
  readonly setUp: (user: User, world: World) => Promise<SetUp>;
  readonly run: (user: User, world: World, project: string, args: readonly string[]) => Promise<Result>;
}

export interface SetUp {
  /** What opens the registry. */
  readonly secret: Pair;
  /** Files, or folders with a slash at the end, that are meant to hold it: below the user's folder. */
  readonly meant: readonly string[];
}

/** The credential in the variables that are ours. */
export function lent({ username, password }: Pair): Variables {
  return { CHAINGUARD_JAVASCRIPT_IDENTITY_ID: username, CHAINGUARD_JAVASCRIPT_TOKEN: password };
}

/** The client itself, on its way through the proxy that leads to the simulator. */
function outside(user: User, world: World, project: string, program: Program, args: readonly string[], more: Variables = {}) {
  return user.run(project, program, args, { ...user.client.through(world.tunnel.url, world.authority), ...more });
}

/** `pulltoken exec`, which is led to the simulator itself. */
export function exec(user: User, world: World, project: string, flags: readonly string[], args: readonly string[], more: Variables = {}) {
  const own = ['--ca-file', world.authority, 'exec', ...flags, '--', user.client.command, ...args];
  return user.run(project, [PULLTOKEN], own, { ...world.reach, ...lent(world.pair), ...more });
}

async function rendered(user: User, world: World, format: string): Promise<string> {
  const { code, stdout, stderr } = await user.run('home', [PULLTOKEN], ['get', '--repository', 'javascript', '-o', format], lent(world.pair));
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

const literal: Method = {
  title: 'The secret in its own file',
  isFor: () => true,
  async setUp(user, world) {
    const berry = user.client.family === 'yarn';
    const text = await rendered(user, world, berry ? 'yarnrc' : 'npmrc');
    const name = berry ? 'home/.yarnrc.yml' : 'home/.npmrc';
    const lines = berry ? `npmRegistryServer: "${REGISTRY}"\n` : `registry=${REGISTRY}\n`;
    // Yarn 1 shows its credential to nobody unasked without this.
    await user.write(name, lines + text + (user.client.family === 'yarn classic' ? 'always-auth=true\n' : ''));
    return { secret: world.pair, meant: [name] };
  },
  run: (user, world, project, args) =>
    outside(user, world, project, [user.in(`bin/${user.client.command}`)], args, user.client.elsewhere),
};

const sealed: Method = {
  title: '`pulltoken exec`',
  isFor: () => true,
  setUp: async (_, { pair }) => ({ secret: pair, meant: [] }),
  run: (user, world, project, args) => exec(user, world, project, [], args),
};

/** The client is started by something else, as by a script of the project's: it finds us by a shim on PATH. */
const script: Method = {
  title: '`pulltoken exec` of a script that runs the client',
  isFor: () => true,
  setUp: async (_, { pair }) => ({ secret: pair, meant: [] }),
  run(user, world, project, args) {
    const own = ['--ca-file', world.authority, 'exec', '--', 'sh', '-c', '"$@"; exit $?', 'sh', user.client.command, ...args];
    return user.run(project, [PULLTOKEN], own, { ...world.reach, ...lent(world.pair) });
  },
};

const direct: Method = {
  title: '`pulltoken exec --direct`',
  isFor: () => true,
  setUp: async (_, { pair }) => ({ secret: pair, meant: [] }),
  run: (user, world, project, args) =>
    exec(user, world, project, ['--direct'], args, user.client.through(world.tunnel.url, world.authority)),
};

/** Direct, for a user who has no proxy and believes nobody but the system's authorities: nothing arrives anywhere
 * but where a project leads it. */
export const stranded: Pick<Method, 'run'> = {
  run: (user, world, project, args) => exec(user, world, project, ['--direct'], args),
};

/** As a user does in a shell: start the agent once, with these flags, then run the client by its own name. */
export const IN_A_SHELL = `eval "$("$OURS" --ca-file "$AUTHORITY" agent --shell sh $FLAGS)" || exit 99
"$@"
code=$?
"$OURS" --ca-file "$AUTHORITY" agent stop >&2 || exit 98
exit $code`;

/** The client's own name typed in a shell of the agent's; `more` is set in that shell. */
export function inShell(user: User, world: World, project: string, args: readonly string[], more: Variables = {}) {
  const words = ['-c', IN_A_SHELL, 'sh', user.client.command, ...args];
  return user.run(project, ['sh'], words, { ...world.reach, OURS: PULLTOKEN, AUTHORITY: world.authority, ...more });
}

const agent: Method = {
  title: '`pulltoken agent` and its shims, for who has signed in',
  isFor: () => true,
  async setUp(user, world) {
    // It is for the registry's projects alone: the user says that all of them are.
    const [name, line] = user.client.family === 'yarn' ? ['.yarnrc.yml', `npmRegistryServer: "${REGISTRY}"`] : ['.npmrc', `registry=${REGISTRY}`];
    await user.write(`home/${name}`, `${line}\n`);
    return { secret: await signIn(user, world), meant: [SESSIONS] };
  },
  run: (user, world, project, args) => inShell(user, world, project, args),
};

const helper: Method = {
  title: '`pulltoken helper pnpm`, for who has signed in',
  isFor: ({ family }) => family === 'pnpm',
  async setUp(user, world) {
    const secret = await signIn(user, world);
    const printed = await user.run('home', [PULLTOKEN], ['helper', 'pnpm', '--print-config'], world.reach);
    await user.write('home/.npmrc', printed.stdout);
    return { secret, meant: [SESSIONS] };
  },
  run: (user, world, project, args) => outside(user, world, project, [user.in('bin/pnpm')], args, world.reach),
};

/** As `cargo xtask build` leaves it. */
export const PLUGIN = resolve(import.meta.dirname, '../../../../npm/yarn-plugin-pulltoken/dist/yarn-plugin-pulltoken.cjs');

const plugin: Method = {
  title: 'The Yarn plugin, for who has signed in',
  isFor: ({ family }) => family === 'yarn',
  async setUp(user, world) {
    await user.write('home/.yarnrc.yml', `npmRegistryServer: "${REGISTRY}"\n`);
    return { secret: await signIn(user, world), meant: [SESSIONS] };
  },
  run: (user, world, project, args) =>
    outside(user, world, project, [user.in('bin/yarn')], args, { ...world.reach, YARN_PLUGINS: PLUGIN, PULLTOKEN_BIN: PULLTOKEN }),
};

export const METHODS = { literal, sealed, script, agent, direct, helper, plugin } satisfies Record<string, Method>;

export type MethodName = keyof typeof METHODS;
