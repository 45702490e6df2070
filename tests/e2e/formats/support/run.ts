// Runs a program to its end in an environment of its own, within a time limit.
import { spawn } from 'node:child_process';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** How a program is called: the program, and what goes in front of its arguments. */
export type Program = readonly [string, ...string[]];

export interface Options {
  cwd: string;
  /** Added to the little that every program gets. */
  env?: Record<string, string | undefined>;
  /** What it reads on standard input. */
  input?: string | Buffer;
  /** The exit codes that are fine. */
  codes?: readonly number[] | 'any';
  /** In milliseconds. */
  limit?: number;
}

export interface Result {
  code: number | null;
  stdout: string;
  stderr: string;
  /** `stdout` as it came. */
  bytes: Buffer;
}

/** A folder for one test: files in it by their relative paths. */
export class Folder {
  private constructor(readonly path: string) {}

  /** Makes one that goes with the test. */
  static async make(files: Record<string, string> = {}): Promise<Folder> {
    const folder = new Folder(await mkdtemp(join(tmpdir(), 'pulltoken-format-')));
    onTestFinished(() => rm(folder.path, { recursive: true, force: true, maxRetries: 5 }));
    await mkdir(folder.in('home'));
    for (const [name, text] of Object.entries(files)) await folder.write(name, text);
    return folder;
  }

  in(name: string): string {
    return join(this.path, name);
  }

  async write(name: string, content: string | Buffer, mode = 0o600): Promise<string> {
    const path = this.in(name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content, { mode });
    return path;
  }

  /** Runs a program in it, with its `home` as the home. */
  run(program: Program, args: readonly string[], options: Partial<Options> = {}): Promise<Result> {
    return run(program, args, { cwd: this.path, ...options, env: { HOME: this.in('home'), ...options.env } });
  }
}

/** Nothing of the tester's own: no proxy, no registry, no credential, no hook. */
function clean(env: Options['env']): Record<string, string> {
  const all: Record<string, string | undefined> = {
    PATH: process.env['PATH'],
    JAVA_HOME: process.env['JAVA_HOME'],
    LANG: 'C.UTF-8',
    NO_COLOR: '1',
    ...env,
  };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Runs a program and rejects with all that it wrote unless its exit code is fine. */
export function run(program: Program, args: readonly string[], options: Options): Promise<Result> {
  const { cwd, env, input, codes = [0], limit = 60_000 } = options;
  const [command, ...first] = program;
  return new Promise((resolve, reject) => {
    // A group of its own, so that the limit ends its children too.
    const child = spawn(command, [...first, ...args], { cwd, env: clean(env), detached: true });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    }, limit);
    child.stdout.on('data', (data: Buffer) => out.push(data));
    child.stderr.on('data', (data: Buffer) => err.push(data));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const bytes = Buffer.concat(out);
      const result: Result = { code, bytes, stdout: bytes.toString(), stderr: Buffer.concat(err).toString() };
      if (!late && (codes === 'any' || (code !== null && codes.includes(code)))) return resolve(result);
      const ending = late ? `was ended after ${limit} ms` : `ended with ${code ?? signal}`;
      reject(new Error(`${[command, ...first, ...args].join(' ')} ${ending}\n${result.stdout}\n${result.stderr}`));
    });
  });
}
