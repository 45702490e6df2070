// Projects that need three packages: one of ours, one whose tarball lies below our second path, and one of a
// scope that comes from a registry on another host.
import { npmPackage, together } from './packages';
import { type Pair, PULL_TOKEN } from './samples';
import { Registry } from './registry';
import { Folder, type Options, type Result } from './run';
import { program, type ProgramName } from './programs';

/** How a client is told to install, and what it needs beside that. */
interface Client {
  args: readonly string[];
  env?: Record<string, string>;
  /** Lines that a project's `.npmrc` has for it. */
  npmrc?: readonly string[];
}

const NPM: Client = {
  args: ['install', '--no-audit', '--no-fund', '--no-update-notifier'],
  // npm 12 takes tarballs from below the registry's own path alone unless told otherwise.
  env: { npm_config_allow_remote: 'all' },
};
const PNPM: Client = { args: ['install', '--reporter=append-only'] };
const YARN: Client = { args: ['install'], env: { YARN_ENABLE_TELEMETRY: '0', YARN_ENABLE_GLOBAL_CACHE: '0' } };

const CLIENTS = {
  'npm 10': NPM,
  npm: NPM,
  'npm 12': NPM,
  'pnpm 10': PNPM,
  'pnpm 12': PNPM,
  // It shows its credential to nobody unasked without this.
  'yarn 1': { args: ['install', '--no-progress', '--non-interactive'], npmrc: ['always-auth=true'] },
  'yarn 3': YARN,
  'yarn 4': YARN,
  bun: { args: ['install', '--no-progress'] },
} satisfies Partial<Record<ProgramName, Client>>;

export type ClientName = keyof typeof CLIENTS;

export class Project {
  private constructor(
    readonly folder: Folder,
    /** The registry that asks for the pair. */
    readonly ours: Registry,
    /** That of the scope `@theirs`. */
    readonly theirs: Registry,
  ) {}

  static async make(pair: Pair = PULL_TOKEN): Promise<Project> {
    const [ours, theirs] = await Promise.all([
      Registry.closed(pair, together(npmPackage('javascript', 'ours'), npmPackage('javascript', 'older', 'javascript-upstream'))),
      Registry.open(npmPackage('npm', '@theirs/it')),
    ]);
    const dependencies = { ours: '1.0.0', older: '1.0.0', '@theirs/it': '1.0.0' };
    const folder = await Folder.make({ 'package.json': JSON.stringify({ name: 'project', version: '1.0.0', dependencies }) });
    return new Project(folder, ours, theirs);
  }

  /** What `.npmrc` holds before we come, for this client. */
  npmrc(client: ClientName): string {
    const extra: Client = CLIENTS[client];
    return [
      '; settings of the team',
      `registry=${this.ours.origin}/javascript/`,
      '# an old one: //127.0.0.1/javascript/:_auth=no',
      `@theirs:registry = ${this.theirs.origin}/npm/`,
      ...(extra.npmrc ?? []),
      '',
    ].join('\n');
  }

  /** Installs, and sees to it that both registries were asked and ours alone got the credential. */
  async install(name: ClientName, options: Partial<Options> = {}): Promise<Result> {
    const client: Client = CLIENTS[name];
    // Run by root, Yarn 1 keeps its cache outside the home.
    const env = { YARN_CACHE_FOLDER: this.folder.in('home/yarn'), ...client.env, ...options.env };
    const result = await this.folder.run(program(name), client.args, { ...options, env });
    this.ours.expectServed(
      '/javascript/ours',
      '/javascript/ours/-/ours-1.0.0.tgz',
      '/javascript/older',
      '/javascript-upstream/older/-/older-1.0.0.tgz',
    );
    this.theirs.expectServed('/npm/@theirs/it', '/npm/@theirs/it/-/it-1.0.0.tgz');
    return result;
  }
}
