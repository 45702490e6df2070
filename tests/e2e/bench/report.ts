// Where `cargo xtask bench` finds what was measured.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Things that were measured beside each other, the one that matters first. */
export interface Comparison {
  title: string;
  rows: { name: string; seconds: number }[];
}

/** Leaves a comparison in the folder that `PULLTOKEN_BENCH_OUT` names; prints it where none is named. */
export async function report(name: string, comparison: Comparison): Promise<void> {
  const folder = process.env['PULLTOKEN_BENCH_OUT'];
  if (folder === undefined) console.log(comparison);
  else await writeFile(join(folder, `${name}.json`), JSON.stringify(comparison));
}
