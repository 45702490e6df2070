// The programs that read the formats, and where they are. `cargo xtask test` installs what is missing:
// Debian's packages system-wide, those of npm and PyPI below target/tools, in the versions that the lists in
// ../programs name.
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { run, type Program } from './run';

const TOOLS = process.env['PULLTOKEN_TEST_TOOLS'] ?? resolve(import.meta.dirname, '../../../../target/tools');
const DPKG = '/var/lib/dpkg/status';
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
  const path = join(TOOLS, 'npm', 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  // It is packaged for Linux alone; elsewhere the tester's own has to be new enough.
  return existsSync(path) ? path : process.execPath;
}

/** What names the version that the launcher of sbt starts, and what it needs for that, in folders of ours. */
export const SBT_PROPERTIES = readFileSync(join(import.meta.dirname, '../programs/sbt/project/build.properties'), 'utf8');
export const coursierCache = () => inTools('java', 'coursier-cache');

/** The folder of the Java on PATH, for scripts that look for one in a usual place alone. */
export const javaHome = () => dirname(dirname(realpathSync(onPath('java'))));

function sbt(): Program {
  const launcher = inTools('java', 'sbt-launch.jar');
  const folders = Object.entries({ 'global.base': 'sbt-global', 'boot.directory': 'sbt-boot', 'ivy.home': 'ivy' }).map(
    ([name, folder]) => `-Dsbt.${name}=${join(TOOLS, 'java', folder)}`,
  );
  return [onPath('java'), '-Xmx768m', ...folders, '-Dsbt.color=false', '-Dsbt.supershell=false', '-jar', launcher];
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
  dotenv: () => [process.execPath],
  'python-dotenv': () => python('python'),
  curl: () => [onPath('curl')],
  git: () => [onPath('git')],
  'npm 10': () => [process.execPath, npm('npm10', 'bin', 'npm-cli.js')],
  'npm 11': () => [process.execPath, npm('npm11', 'bin', 'npm-cli.js')],
  npm: () => [onPath('npm')],
  'npm 12': () => [newerNode(), npm('npm12', 'bin', 'npm-cli.js')],
  'pnpm 9': () => [process.execPath, npm('pnpm9', 'bin', 'pnpm.cjs')],
  'pnpm 10': () => [process.execPath, npm('pnpm10', 'bin', 'pnpm.cjs')],
  'pnpm 11': () => [newerNode(), npm('pnpm11', 'bin', 'pnpm.mjs')],
  'pnpm 12': () => [npm('pnpm12', 'pnpm')],
  'yarn 1': () => [process.execPath, npm('yarn1', 'bin', 'yarn.js')],
  'yarn 3': () => [process.execPath, npm('yarn3', 'bin', 'yarn.js')],
  'yarn 4': () => [process.execPath, npm('yarn4', 'bin', 'yarn.js')],
  'bun 1.2': () => [npm('bun12', 'bin', 'bun.exe')],
  bun: () => [npm('bun', 'bin', 'bun.exe')],
  'gitlab-ci-local': () => [newerNode(), npm('gitlab-ci-local', 'dist', 'index.js')],
  renovate: () => [newerNode(), npm('renovate', 'dist', 'renovate.js')],
  python: () => python('python'),
  pip: () => python('pip'),
  uv: () => python('uv'),
  poetry: () => python('poetry'),
  java: () => [onPath('java')],
  maven: () => [onPath('mvn')],
  gradle: () => [onPath('gradle')],
  groovy: () => [onPath('groovy')],
  sbt,
} satisfies Record<string, () => Program>;

export type ProgramName = keyof typeof sources;

/** How to call a program; an error that says how to install it if it is not there. */
export function program(name: ProgramName): Program {
  return sources[name]();
}

/** Its own word on its version. */
export async function version(name: ProgramName): Promise<string> {
  const words = await said(name);
  return /\d+(\.\d+)+/.exec(words)?.[0] ?? words;
}

async function said(name: ProgramName): Promise<string> {
  const ask = async (...args: string[]) => {
    const { stdout, stderr } = await run(program(name), args, { cwd: TOOLS, env: { HOME: TOOLS, JAVA_HOME: javaHome() } });
    return `${stdout}\n${stderr}`;
  };
  switch (name) {
    // dash, which is Debian's sh, knows no option that tells it.
    case 'sh':
    case 'dash':
      if (!existsSync(DPKG)) return ask('--version');
      return /^Package: dash$[\s\S]*?^Version: (.*)/m.exec(readFileSync(DPKG, 'utf8'))?.[1] ?? '';
    case 'dotenv':
      return JSON.parse(readFileSync(npm('dotenv', 'package.json'), 'utf8')).version;
    case 'python-dotenv':
      return ask('-c', 'import importlib.metadata as m; print(m.version("python-dotenv"))');
    case 'gradle':
      return (await ask('--version')).replace(/^[\s\S]*?^Gradle /m, '');
    case 'sbt':
      return SBT_PROPERTIES;
    default:
      return ask('--version');
  }
}
