// The program `pulltoken`: found where no project can put another one, and asked for a pair.
import { execFile } from 'child_process';
import { accessSync, constants, statSync } from 'fs';
import { basename, delimiter, isAbsolute, join, sep } from 'path';

import type { Credential } from './credential.ts';

const NAME = process.platform === 'win32' ? 'pulltoken.exe' : 'pulltoken';
/** In milliseconds. It may have to renew a session or make a token. */
const LIMIT = 60_000;

/**
 * The program: `PULLTOKEN_BIN`, else the first one on PATH; `undefined` where there is none.
 *
 * @throws {Error} for a `PULLTOKEN_BIN` that names no program by its absolute path
 */
export function program(variables: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = variables['PULLTOKEN_BIN'];
  if (named) {
    if (isAbsolute(named) && isProgram(named)) return named;
    throw new Error('PULLTOKEN_BIN is not the absolute path of a program');
  }
  const folders = (variables['PATH'] ?? '').split(delimiter).filter((folder) => isTrusted(folder, variables));
  return folders.map((folder) => join(folder, NAME)).find(isProgram);
}

/** Whether neither a project nor another user decides what is in a folder. */
function isTrusted(folder: string, variables: NodeJS.ProcessEnv): boolean {
  if (!isAbsolute(folder)) return false;
  // Yarn puts the programs of a project's dependencies into folders of this name.
  if (folder === variables['BERRY_BIN_FOLDER'] || folder.split(sep).some((part) => part.startsWith('xfs-'))) return false;
  if (folder.split(sep).includes('node_modules')) return false;
  const stats = statSync(folder, { throwIfNoEntry: false });
  return stats?.isDirectory() === true && (process.platform === 'win32' || (stats.mode & 0o002) === 0);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * Asks the program. It reads nothing from the terminal, and what it writes is read here alone.
 *
 * @throws {Error} with its own words
 */
export function ask(path: string): Promise<Credential> {
  return new Promise((resolve, reject) => {
    const options = { timeout: LIMIT, windowsHide: true, encoding: 'utf8' } as const;
    const child = execFile(path, ['get', '--repository', 'javascript', '--output', 'json'], options, (error, out, err) => {
      try {
        resolve(error === null ? credential(out) : failed(path, err, error.killed === true));
      } catch (failure) {
        reject(failure);
      }
    });
    child.stdin?.on('error', () => {});
    child.stdin?.end();
  });
}

/** The pair in the program's answer. */
function credential(text: string): Credential {
  const { username, password, source, expiresAt } = parsed(text);
  if (typeof username !== 'string' || typeof password !== 'string') throw new Error('`pulltoken get` gave no pair');
  const end = new Date(typeof expiresAt === 'string' ? expiresAt : Number.NaN);
  const from = `\`pulltoken get\` (${typeof source === 'string' ? source : 'unknown'})`;
  return { username, password, from, expiresAt: Number.isNaN(end.getTime()) ? undefined : end };
}

/** Throws what the program said: one line of JSON, perhaps below others. */
function failed(path: string, text: string, late: boolean): never {
  if (late) throw new Error(`\`${basename(path)} get\` took longer than ${LIMIT / 1000} seconds`);
  const line = text.trimEnd().split('\n').at(-1) ?? '';
  const { message, hint } = line.startsWith('{') ? parsed(line) : {};
  if (typeof message === 'string') throw new Error(typeof hint === 'string' ? `${message} (${hint})` : message);
  throw new Error(`\`${path} get\` failed; run it yourself to see why`);
}

/** A JSON object; an error that shows nothing of what is none. */
function parsed(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The engine's own words would quote the text.
  }
  if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  throw new Error('`pulltoken get` answered with something that is no JSON object');
}
