// The program `pulltoken`, asked for a pair.
import { execFile } from 'node:child_process';
import { basename } from 'node:path';

import type { Credential } from './credential.ts';

/** In milliseconds. It may have to renew a session or make a token. */
const LIMIT = 60_000;

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
