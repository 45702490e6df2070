// Every package manager by every method, and the page that says how it went.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { version } from '../formats/support/programs';
import { type Cell, measure } from './support/cell';
import { CLIENTS } from './support/clients';
import { METHODS, type MethodName } from './support/methods';
import { key, tables } from './support/table';
import { between } from './support/page';
import { World } from './support/world';

const PAGE = join(import.meta.dirname, '../../../docs/package-managers.md');

const CLEAN: Partial<Cell> = { works: true, nextDoor: true, authenticated: true, leaks: [] };

/** What has to be so whatever a page says. */
const ALWAYS: Partial<Record<MethodName, Partial<Cell>>> = {
  literal: { works: true, authenticated: true },
  sealed: CLEAN,
  script: CLEAN,
  agent: CLEAN,
  helper: CLEAN,
  plugin: CLEAN,
};

const results = new Map<string, Cell>();

// Several clients at a time, each with a platform of its own, whose log shows nobody else's requests.
test.concurrent.for(CLIENTS)('$name by every method', { timeout: 300_000 }, async (client, { expect }) => {
  const world = await World.start();
  try {
    for (const name of Object.keys(METHODS) as MethodName[]) {
      if (!METHODS[name].isFor(client)) continue;
      const cell = await measure(world, client, name);
      results.set(key(client, name), cell);
      expect.soft(cell, `${name}\n${cell.said}`).toMatchObject(ALWAYS[name] ?? {});
    }
  } finally {
    await world.stop();
  }
});

test('the page on package managers tells of this run', async () => {
  // A run of some of them says nothing of the rest.
  expect(new Set([...results.keys()].map((name) => name.split(', ')[0]))).toEqual(new Set(CLIENTS.map(({ name }) => name)));
  const versions = new Map(await Promise.all(CLIENTS.map(async ({ name }) => [name, await version(name)] as const)));
  const page = await readFile(PAGE, 'utf8');
  await expect(between(page, 'clients', tables(results, versions))).toMatchFileSnapshot(PAGE);
});
