// The programs that read the formats, and where they are. `cargo xtask test` installs what is missing:
// Debian's packages system-wide, those of npm and PyPI below target/tools, in the versions that the lists in
// ../programs name.
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { run, type Program } from './run';

const TOOLS = process.env['PULLTOKEN_TEST_TOOLS'] ?? resolve(import.meta.dirname, '../../../../target/tools');
const ADVICE = 'run `cargo xtask test` once, which installs it';

/** A program on PATH. */
function onPath(name: string): string {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (found === undefined) throw new Error(`\`${name}\` is not installed; ${ADVICE}`);
  return found;
}

function inTools(...parts: string[]): string {
  const path = join(TOOLS, ...parts);
  if (!existsSync(path)) throw new Error(`${parts.join('/')} is not installed; ${ADVICE}`);
  return path;
}

const npm = (...parts: string[]) => inTools('npm', 'node_modules', ...parts);
const python = (name: string): Program => [inTools('python', 'bin', name)];

/** A newer Node than the oldest one supported, for package managers that ask for one. */
function newerNode(): string {
  return npm(`node-${process.platform}-${process.arch}`, 'bin', 'node');
}

/** The folder of npm packages that tests may load. */
export const npmPackages = () => npm('.');

const sources = {
  sh: () => [onPath('sh')],
  dash: () => [onPath('dash')],
  bash: () => [onPath('bash')],
  zsh: () => [onPath('zsh')],
  fish: () => [onPath('fish')],
  nushell: () => [npm('.bin', 'nu')],
  node: () => [process.execPath],
  curl: () => [onPath('curl')],
  git: () => [onPath('git')],
  'npm 10': () => [process.execPath, npm('npm10', 'bin', 'npm-cli.js')],
  npm: () => [onPath('npm')],
  'npm 12': () => [newerNode(), npm('npm12', 'bin', 'npm-cli.js')],
  'pnpm 10': () => [process.execPath, npm('pnpm10', 'bin', 'pnpm.cjs')],
  'pnpm 12': () => [npm('pnpm12', 'pnpm')],
  'yarn 1': () => [process.execPath, npm('yarn1', 'bin', 'yarn.js')],
  'yarn 3': () => [process.execPath, npm('yarn3', 'bin', 'yarn.js')],
  'yarn 4': () => [process.execPath, npm('yarn4', 'bin', 'yarn.js')],
  bun: () => [npm('bun', 'bin', 'bun.exe')],
  'gitlab-ci-local': () => [newerNode(), npm('gitlab-ci-local', 'dist', 'index.js')],
  python: () => python('python'),
  pip: () => python('pip'),
  uv: () => python('uv'),
  poetry: () => python('poetry'),
  java: () => [onPath('java')],
  maven: () => [onPath('mvn')],
  gradle: () => [onPath('gradle')],
} satisfies Record<string, () => Program>;

export type ProgramName = keyof typeof sources;
export const PROGRAMS = Object.keys(sources) as ProgramName[];

/** How to call a program; an error that says how to install it if it is not there. */
export function program(name: ProgramName): Program {
  return sources[name]();
}

/** Its own word on its version, the first thing in it that looks like one. */
export async function version(name: ProgramName): Promise<string> {
  // Neither knows an option that tells it.
  if (name === 'sh' || name === 'dash') return debianVersion('dash');
  const args = name === 'gradle' ? ['--version', '--offline'] : ['--version'];
  const { stdout, stderr } = await run(program(name), args, { cwd: TOOLS, env: { HOME: TOOLS } });
  const lines = `${stdout}\n${stderr}`.split('\n');
  const line = name === 'gradle' ? lines.find((text) => text.startsWith('Gradle')) : lines.find((text) => /\d+\.\d+/.test(text));
  return /\d+(\.\d+)+/.exec(line ?? '')?.[0] ?? '?';
}

function debianVersion(name: string): string {
  const status = readFileSync('/var/lib/dpkg/status', 'utf8');
  return new RegExp(`^Package: ${name}$[\\s\\S]*?^Version: ([^-\\n]*)`, 'm').exec(status)?.[1] ?? '?';
}
