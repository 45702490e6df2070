// An install script that is after the credential: what it can reach and what it cannot, by how the credential came.
import { readFileSync } from 'node:fs';
import { chmod, chown, copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { program } from '../formats/support/programs';
import { type Program, type Result, run } from '../formats/support/run';
import type { Pair } from '../support/credentials';
import { client } from './support/clients';
import { holds } from './support/hunt';
import { IN_A_SHELL, lent } from './support/methods';
import { between } from './support/page';
import { signIn } from './support/session';
import { User, type Variables } from './support/user';
import { PULLTOKEN, REGISTRY, World } from './support/world';

const PAGE = join(import.meta.dirname, '../../../docs/security.md');
const HUNTER = join(import.meta.dirname, 'scripts/hunter.cjs');

/** Somebody without any rights of root's. */
const ORDINARY = 65_534;
const isRoot = process.getuid?.() === 0;
/** The kernel's right to look into any process; root in a container often lacks it. */
const CAP_SYS_PTRACE = 19n;
const isLinux = process.platform === 'linux';
const capabilities = (isLinux && /^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) || '0';
const mayTrace = isRoot && ((BigInt(`0x${capabilities}`) >> CAP_SYS_PTRACE) & 1n) === 1n;

/** How the credential gets to `pulltoken`: the page says what each means. */
const SOURCES = ['signed in', 'standard input', 'its own variable', 'exported'] as const;
type Source = (typeof SOURCES)[number];

const MODES = { sealed: [], agent: [], direct: ['--direct'] } as const;
type Mode = keyof typeof MODES;

/** Where it is looked for, and the words for it. */
const PLACES = {
  'environment of the script itself': 'the script’s own environment',
  'environment of what runs between': 'environment of npm and what runs between',
  'memory of what runs between': 'memory of npm and what runs between',
  'open files of what runs between': 'open files of npm and what runs between',
  'the inspector of the client': 'npm’s inspector, opened by a signal',
  'environment of pulltoken': 'environment of `pulltoken`',
  'memory of pulltoken': 'memory of `pulltoken`',
  'open files of pulltoken': 'open files of `pulltoken`',
  'arguments of pulltoken': 'arguments of `pulltoken`',
  'environment of what started pulltoken': 'environment of the shell that started it',
  'memory of what started pulltoken': 'memory of the shell that started it',
  files: 'home, project, temporary folder and npm’s cache',
  'run-time folders': 'shared memory and run-time folder',
  'the cache of pulltoken': 'the private folder of `pulltoken`',
  '`pulltoken get`': '`pulltoken get`, run by the script',
  'the answers of the proxy': 'answers of the proxy, to requests good and bad',
} as const;

interface Report {
  found: Record<string, string[]>;
  programs: string[];
}

const outcomes = new Map<string, (place: string) => boolean>();
const key = (who: string, mode: Mode, source: Source) => [who, mode, source].join(', ');

/** A variable for the agent alone would have to be in the shell that starts it first. */
const isPossible = (mode: Mode, source: Source) => mode !== 'agent' || source !== 'its own variable';

const modes = Object.keys(MODES) as Mode[];
// Elsewhere there is no such folder of processes to look into.
const whos = (['ordinary', 'root'] as const).filter((who) => isLinux && (who === 'ordinary' || isRoot));

let world: World;
/** All that is needed, where everybody may look: not so the folders of whoever runs the tests. */
let shared: string;

beforeAll(async () => {
  world = await World.start();
  shared = await mkdtemp(join(tmpdir(), 'pulltoken-shared-'));
  const [, npm = ''] = program('npm 11');
  await cp(dirname(dirname(npm)), join(shared, 'npm'), { recursive: true });
  await copyFile(PULLTOKEN, join(shared, 'pulltoken'));
  await copyFile(HUNTER, join(shared, 'hunter.cjs'));
  await copyFile(world.authority, join(shared, 'authority.pem'));
  for (const name of ['', 'pulltoken', 'hunter.cjs', 'authority.pem']) await chmod(join(shared, name), 0o755);
});

afterAll(async () => {
  await rm(shared, { recursive: true, force: true });
  await world.stop();
});

describe.each(whos)('as %s', (who) => {
  describe.each(modes)('%s', (mode) => {
    test.for(SOURCES.filter((source) => isPossible(mode, source)))('%s', { timeout: 120_000 }, async (source, { expect }) => {
      const user = await User.make(client('npm 11'));
      try {
        const secret = await prepare(user, source);
        const done = await hunt(user, { who, mode, source });
        expect(done.code, done.stdout + done.stderr).toBe(0);
        const { found, programs } = JSON.parse(await readFile(user.in('temporary/found.json'), 'utf8')) as Report;
        expect(programs).toContain('pulltoken');
        const has = (place: string) => (found[place] ?? []).some((text) => holds(text, secret));
        // It opened, so that what it showed counts.
        expect(found['the inspector answered']).toEqual(['yes']);
        outcomes.set(key(who, mode, source), has);
        if (mode !== 'direct') expect(found['used through the proxy']).toEqual(['200']);
        // Whatever lies there for the run was looked into: the authorities to believe, at least.
        if (mode !== 'direct') expect(found['files seen in run-time folders']).toContainEqual(expect.stringMatching(/\/runtime\/pulltoken\/.*\.pem$/));
        // Whatever is found anywhere has a line in the table.
        expect(Object.keys(found).filter((place) => has(place) && !(place in PLACES))).toEqual([]);
      } finally {
        await user.leave();
      }
    });
  });
});

/** A home with a project whose script goes hunting. */
async function prepare(user: User, source: Source): Promise<Pair> {
  for (const [name, path] of Object.entries({ npm: 'npm/bin/npm-cli.js', npx: 'npm/bin/npx-cli.js', pulltoken: 'pulltoken' })) {
    await rm(user.in(`bin/${name}`), { force: true });
    await symlink(join(shared, path), user.in(`bin/${name}`));
  }
  await mkdir(user.in('runtime'), { mode: 0o700 });
  await user.write('home/.npmrc', `registry=${REGISTRY}\n`);
  await user.project('app', { 'left-hand': '^1.0.0' }, { postinstall: `node "${shared}/hunter.cjs"` });
  return source === 'signed in' ? signIn(user, world) : world.pair;
}

async function hunt(user: User, { who, mode, source }: { who: string; mode: Mode; source: Source }): Promise<Result> {
  const [ours, authority] = [join(shared, 'pulltoken'), join(shared, 'authority.pem')];
  const own = [ours, '--ca-file', authority, 'exec', ...MODES[mode]];
  const given = source === 'standard input' ? ['--username', world.pair.username, '--password-stdin'] : [];
  const npm = ['npm', 'install', '--no-audit', '--foreground-scripts'];
  const call = [...own, ...given, '--', ...npm];
  const through = mode === 'direct' ? user.client.through(world.tunnel.url, authority) : {};
  const variables: Variables = {
    ...user.variables,
    ...world.reach,
    ...through,
    ...(source === 'exported' || source === 'its own variable' ? lent(world.pair) : {}),
    XDG_RUNTIME_DIR: user.in('runtime'),
    OURS: ours,
    AUTHORITY: authority,
    FLAGS: given.join(' '),
    HUNT_TOP: String(process.pid),
    HUNT_PULLTOKEN: ours,
    HUNT_RESULT: user.in('temporary/found.json'),
  };
  const ids = who === 'ordinary' && isRoot ? await give(user) : [];
  // A shell that stays, or none.
  const shell = (text: string, words: readonly string[]) => ['sh', '-c', text, 'sh', ...words];
  const inShell = source === 'exported' ? shell('"$@"; exit $?', call) : call;
  const whole = mode === 'agent' ? shell(IN_A_SHELL, npm) : inShell;
  const [first = '', ...rest] = [...ids, ...whole];
  const input = source === 'standard input' ? { input: world.pair.password } : {};
  return run([first] satisfies Program, rest, { cwd: user.in('app'), env: variables, codes: 'any', limit: 90_000, ...input });
}

/** Makes everything somebody else's, and says how to become them. */
async function give(user: User): Promise<string[]> {
  for (const entry of await readdir(user.folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() || entry.isDirectory()) await chown(join(entry.parentPath, entry.name), ORDINARY, ORDINARY);
  }
  await chown(user.folder, ORDINARY, ORDINARY);
  return ['setpriv', `--reuid=${ORDINARY}`, `--regid=${ORDINARY}`, '--clear-groups', '--inh-caps=-all'];
}

test('the page on security tells of this run', async () => {
  const page = await readFile(PAGE, 'utf8');
  const titles = { ordinary: 'As the user who runs `pulltoken`', root: 'As root' };
  // What root may do is told where root was there, and may trace other processes.
  const told = whos.filter((who) => who !== 'root' || mayTrace);
  let expected = page;
  for (const who of told) expected = between(expected, `a hunt as ${who}`, `### ${titles[who]}\n\n${table(who)}`);
  await expect(expected).toMatchFileSnapshot(PAGE);
});

function table(who: string): string {
  const columns = modes.flatMap((mode) => SOURCES.filter((source) => isPossible(mode, source)).map((source) => ({ mode, source })));
  const head = `| the script looks into | ${columns.map(({ mode, source }) => `${mode}, ${source}`).join(' | ')} |`;
  const rows = Object.entries(PLACES).map(([place, words]) => {
    const cells = columns.map(({ mode, source }) => (outcomes.get(key(who, mode, source))?.(place) ? '**found**' : '–'));
    return `| ${[words, ...cells].join(' | ')} |`;
  });
  return [head, `|${' --- |'.repeat(columns.length + 1)}`, ...rows].join('\n');
}
