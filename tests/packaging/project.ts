// An empty project outside the checkout, with the packed package installed into it and nothing else.
import { spawn, type SpawnOptions } from 'node:child_process';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PACKAGE = join(import.meta.dirname, '..', '..', 'npm', 'pulltoken');

export interface Outcome {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end. */
export function run(program: string, args: string[], options: SpawnOptions = {}): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** Runs a program that must succeed, and gives what it printed. */
export async function output(program: string, args: string[], options: SpawnOptions = {}): Promise<string> {
  const outcome = await run(program, args, options);
  if (outcome.code !== 0) throw new Error(`${program} ${args.join(' ')}\n${outcome.stdout}\n${outcome.stderr}`);
  return outcome.stdout;
}

export interface Project {
  root: string;
  /** The installed package. */
  installed: string;
  /** Paths in the tarball. */
  files: string[];
  /** Writes a file into the project and gives its path. */
  write(name: string, text: string): Promise<string>;
  remove(): Promise<void>;
}

/** Packs, makes a project and installs, all offline. */
export async function makeProject(): Promise<Project> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'pulltoken-packaging-')));
  // npm's own environment of a running `npm test` would point it back to the checkout.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
  const packed = await output('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', root], {
    cwd: PACKAGE,
    env,
  });
  const [tarball] = JSON.parse(packed) as [{ filename: string; files: { path: string }[] }];
  const write = async (name: string, text: string): Promise<string> => {
    await writeFile(join(root, name), text);
    return join(root, name);
  };
  await write('package.json', '{"name":"empty","private":true}');
  await output('npm', ['install', '--offline', '--no-audit', '--no-fund', `./${tarball.filename}`], { cwd: root, env });
  return {
    root,
    installed: join(root, 'node_modules', 'pulltoken'),
    files: tarball.files.map((file) => file.path),
    write,
    remove: () => rm(root, { recursive: true, force: true }),
  };
}
