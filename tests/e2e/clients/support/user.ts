// A user of one package manager: a home, a folder of programs that is alone on PATH beside the system's own,
// and projects.
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Program, type Result, run } from '../../formats/support/run';
import { type Client, installed } from './clients';

export type Variables = Record<string, string | undefined>;

export class User {
  /** Variables that this user has set besides. */
  more: Variables = {};
  /** How long a program may take, in milliseconds. */
  limit = 90_000;

  private constructor(
    readonly folder: string,
    readonly client: Client,
  ) {}

  static async make(client: Client): Promise<User> {
    const user = new User(await mkdtemp(join(tmpdir(), 'pulltoken-client-')), client);
    for (const name of ['home', 'bin', 'temporary']) await mkdir(user.in(name), { mode: 0o700 });
    for (const [name, path] of Object.entries(installed(client))) await symlink(path, user.in(`bin/${name}`));
    return user;
  }

  /** Everything goes. */
  async leave(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  in(name: string): string {
    return join(this.folder, name);
  }

  async write(name: string, text: string, mode = 0o600): Promise<string> {
    const path = this.in(name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { mode });
    return path;
  }

  /** A project that asks for these packages. */
  async project(name: string, dependencies: Record<string, string>, scripts: Record<string, string> = {}): Promise<void> {
    await this.write(`${name}/package.json`, JSON.stringify({ name, version: '1.0.0', private: true, dependencies, scripts }, null, 2));
    // Berry takes a folder for a project of its own by this file.
    if (this.client.family === 'yarn') await this.write(`${name}/yarn.lock`, '');
  }

  /** Everything that it has fetched so far goes; what `pulltoken` keeps beside it stays. */
  async forgetCaches(): Promise<void> {
    const cached = await readdir(this.in('home/.cache')).catch(() => []);
    const caches = cached.filter((name) => name !== 'pulltoken').map((name) => `.cache/${name}`);
    for (const name of [...caches, '.npm', '.yarn', '.bun', '.local/share/pnpm', '.local/share/yarn', 'yarn-cache']) {
      await rm(this.in(`home/${name}`), { recursive: true, force: true, maxRetries: 5 });
    }
  }

  get variables(): Variables {
    return {
      PATH: `${this.in('bin')}:/usr/bin:/bin`,
      HOME: this.in('home'),
      TMPDIR: this.in('temporary'),
      // Run by root, Yarn 1 keeps its cache outside the home.
      YARN_CACHE_FOLDER: this.client.family === 'yarn classic' ? this.in('home/yarn-cache') : undefined,
      ...this.client.quiet,
    };
  }

  run(project: string, program: Program, args: readonly string[], variables: Variables = {}): Promise<Result> {
    const env = { ...this.variables, ...variables, ...this.more };
    return run(program, args, { cwd: this.in(project), env, codes: 'any', limit: this.limit });
  }
}
