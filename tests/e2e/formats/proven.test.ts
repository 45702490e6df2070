// The list of what is tried with what: complete, and no program in it is a mere name.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Proof, PROVEN } from './proven';
import { type ProgramName, version } from './support/programs';

const DOCUMENTED = readFileSync(join(import.meta.dirname, '../../../docs/formats.md'), 'utf8');

test('every format of the documentation is in the list, and no other', () => {
  const names = [...DOCUMENTED.matchAll(/^\| \[`([a-z-]+)`\]/gm)].map(([, name]) => name);
  expect(names.length).toBeGreaterThan(0);
  expect(Object.keys(PROVEN)).toEqual(names);
});

test('the documentation says of the same formats that no program ran them', () => {
  const documented = [...DOCUMENTED.matchAll(/^\| \[`([a-z-]+)`\].*\| not run: /gm)].map(([, name]) => name);
  const listed = Object.entries<Proof>(PROVEN).filter(([, proof]) => 'notRun' in proof);
  expect(documented).toEqual(listed.map(([name]) => name));
});

test('every program of the list runs', async () => {
  const names = [...new Set(Object.values<Proof>(PROVEN).flatMap(({ programs = [] }) => programs))];
  const versions = new Map<ProgramName, string>();
  for (const name of names) versions.set(name, await version(name));
  expect([...versions].filter(([, number]) => !/^\d+(\.\d+)+$/.test(number))).toEqual([]);

  const lines = Object.entries<Proof>(PROVEN).map(([format, proof]) => {
    const tried = (proof.programs ?? []).map((name) => `${name.replace(/ \d+$/, '')} ${versions.get(name)}`).join(', ');
    const words = 'notRun' in proof ? `not run: ${proof.notRun}; held to ${proof.instead}${tried && ` (${tried})`}` : tried;
    return `${format.padEnd(12)} ${words}`;
  });
  console.log(lines.join('\n'));
});
