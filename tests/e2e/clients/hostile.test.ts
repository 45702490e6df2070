// Projects that are after the credential: whatever their files say, it goes nowhere but to the registry.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { client, type ClientName } from './support/clients';
import { Elsewhere } from './support/elsewhere';
import { DEPENDENCIES, HOSTILE, type Hostile, SCOPED } from './support/hostile';
import { filesWith, holds } from './support/hunt';
import { METHODS, type Method, stranded } from './support/methods';
import { between } from './support/page';
import { User } from './support/user';
import { World } from './support/world';

const PAGE = join(import.meta.dirname, '../../../docs/package-managers.md');

const NAMES: readonly ClientName[] = ['npm 11', 'npm 12', 'pnpm 10', 'pnpm 11', 'pnpm 12', 'yarn 1', 'yarn 3', 'yarn 4', 'bun 1.2', 'bun'];

/** No request is sent again, and nobody waits for it to be. */
const ONCE = {
  npm_config_fetch_retries: '0',
  pnpm_config_fetch_retries: '0',
  YARN_HTTP_RETRY: '0',
  YARN_HTTP_TIMEOUT: '5000',
  BUN_CONFIG_HTTP_RETRY_COUNT: '0',
};

/** What a failure may be put down to: an address, the proxy's refusal, a variable, a file, or what was met there. */
const REASONS = [
  /127\.0\.0\.1:\d+|libraries\.cgr\.dev/,
  /^error\[/m,
  /CHAINGUARD_|ERR_PNPM_\w+|lockfile/,
  /E401|authentication|certificate|DNSResolveFailed|ConnectionRefused/,
];

const MODES = ['sealed', 'direct'] as const;
type Mode = (typeof MODES)[number];
type Outcome = 'installs' | 'fails' | 'refused' | 'asks nobody';

const outcomes = new Map<string, Outcome>();

for (const mode of MODES) {
  test.concurrent.for(NAMES)(`${mode}: %s`, { timeout: 240_000 }, async (name, { expect }) => {
    const world = await World.start();
    try {
      for (const hostile of HOSTILE) {
        if (hostile.files[client(name).family] === undefined) continue;
        for (const method of [METHODS[mode], ...(mode === 'direct' && hostile.leads ? [stranded] : [])]) {
          const { outcome, heard, kept, store, said } = await visit(world, name, hostile, method);
          if (method !== stranded) outcomes.set(`${mode}, ${name}, ${hostile.title}`, outcome);
          const where = `${mode}, ${hostile.title}\n${said}`;
          expect.soft(holds(heard, world.pair), `somebody else heard it: ${where}\n${heard}`).toBe(false);
          expect.soft(kept, `files hold it: ${where}`).toEqual([]);
          expect.soft(store, `the store was sent it: ${where}`).toBe(false);
          if (outcome === 'fails') expect.soft(REASONS.some((reason) => reason.test(said)), `no reason: ${where}`).toBe(true);
        }
      }
    } finally {
      await world.stop();
    }
  });
}

async function visit(world: World, name: ClientName, { files, frozen = false }: Hostile, method: Pick<Method, 'run'>) {
  const it = client(name);
  const [user, at] = [await User.make(it), await Elsewhere.start()];
  Object.assign(user, { more: ONCE, limit: 60_000 });
  try {
    const ca = await user.write('app/elsewhere.pem', at.authority);
    await user.project('app', frozen ? DEPENDENCIES : SCOPED);
    for (const [path, text] of Object.entries(files[it.family]?.(at, ca) ?? {})) await user.write(`app/${path}`, text);
    await world.asked();
    const { code, stdout, stderr } = await method.run(user, world, 'app', frozen ? it.frozen : it.install);
    const { registry, storage } = await world.asked();
    const ended = registry.length > 0 ? 'installs' : 'asks nobody';
    return {
      outcome: (code === 0 ? ended : code === 125 ? 'refused' : 'fails') satisfies Outcome as Outcome,
      heard: at.heard.join('\n\n'),
      kept: await filesWith(user.folder, world.pair),
      store: storage.some((one) => one.authorization !== null),
      said: `${stdout}\n${stderr}`,
    };
  } finally {
    await at.stop();
    await user.leave();
  }
}

test('the page on package managers tells of this run', async () => {
  const page = await readFile(PAGE, 'utf8');
  const expected = MODES.reduce((text, mode) => between(text, `hostile projects ${mode}`, table(mode)), page);
  await expect(expected).toMatchFileSnapshot(PAGE);
});

function table(mode: Mode): string {
  const rows = HOSTILE.map(({ title }) => {
    const cells = NAMES.map((name) => outcomes.get(`${mode}, ${name}, ${title}`) ?? '');
    return `| ${[title, ...cells].join(' | ')} |`;
  });
  return [`| the project says that | ${NAMES.join(' | ')} |`, `|${' --- |'.repeat(NAMES.length + 1)}`, ...rows].join('\n');
}
