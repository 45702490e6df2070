// Where a secret lies: in any file below a folder, or in a text, plain or inside of base64.
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Pair } from '../../support/credentials';

/** Long enough to be nobody else's, short enough to survive line breaks of 76 characters mostly. */
const LENGTH = 48;

/** Texts one of which is in everything that holds the password. */
export function traces({ password }: Pair): string[] {
  // The signature: header and claims of a token are much the same from one to the next.
  const tail = password.slice(-3 * LENGTH);
  const plain = [tail.slice(0, LENGTH), tail.slice(-LENGTH)];
  // Base64 depends on how many bytes stand in front, in threes; its first and last characters on the neighbours.
  const encoded = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), Buffer.from(tail)]).toString('base64');
    return text.slice(4, 4 + LENGTH);
  });
  return [...plain, ...encoded];
}

export function holds(text: string | Buffer, pair: Pair): boolean {
  return traces(pair).some((trace) => text.includes(trace));
}

/** The files below a folder that hold it, by their paths from there. */
export async function filesWith(folder: string, pair: Pair): Promise<string[]> {
  const wanted = traces(pair).map((trace) => Buffer.from(trace));
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path);
    if (wanted.some((trace) => bytes.includes(trace))) found.push(relative(folder, path));
  }
  return found.sort();
}
