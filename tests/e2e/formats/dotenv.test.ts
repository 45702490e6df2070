// Files of `NAME=value` lines, held to the libraries and programs that read them.
import { edit, type Format, PullTokenError, render } from 'pulltoken';
import { describe, expect, test } from 'vitest';
import { PROVEN } from './proven';
import { expectKept } from './support/kept';
import { Folder } from './support/run';
import { npmPackages, program } from './support/programs';
import { AWKWARD, base64, FOREIGN, MILD, type Pair, PULL_TOKEN } from './support/samples';

const NAMES = ['CHAINGUARD_JAVASCRIPT_IDENTITY_ID', 'CHAINGUARD_JAVASCRIPT_TOKEN', 'CHAINGUARD_JAVASCRIPT_AUTH'];
const PAIRS: [string, Pair][] = [
  ['a pull token', PULL_TOKEN],
  ['blanks and operators', MILD],
  ['letters beyond ASCII', FOREIGN],
  ['single quotes', { username: `it's`, password: `'p'` }],
  ['double quotes', { username: 'a "b"', password: '"p"' }],
  ['dollars', { username: '$HOME', password: 'a${HOME}b$$c' }],
  ['backslashes', { username: 'a\\nb', password: 'c\\' }],
  ['hashes', { username: '#a', password: 'b #c' }],
];

/** What was in the file before: comments, another setting, a value over lines, an old value of ours. */
const BEFORE = `# settings of the team
OTHER="kept # this"   # a comment
MANY="first
CHAINGUARD_JAVASCRIPT_TOKEN=not this one
last"
export CHAINGUARD_JAVASCRIPT_TOKEN='old'
LAST=yes`;

const NODE = `process.stdout.write(['${NAMES.join("','")}'].map((name) => process.env[name]).join('\\0'))`;
const PYTHON = `import os, sys; sys.stdout.write('\\0'.join(os.environ[n] for n in ${JSON.stringify(NAMES)}))`;

type Reader = (folder: Folder) => Promise<string>;
const READERS: Record<(typeof PROVEN.dotenv.programs)[number], Reader> = {
  dotenv: async (folder) => {
    const load = `require('dotenv').config({ quiet: true }); ${NODE}`;
    return (await folder.run(program('node'), ['-e', load], { env: { NODE_PATH: npmPackages() } })).stdout;
  },
  node: async (folder) => (await folder.run(program('node'), ['--env-file=.env', '-e', NODE])).stdout,
  'python-dotenv': async (folder) => {
    const args = ['-c', `import dotenv; dotenv.load_dotenv('.env'); ${PYTHON}`];
    return (await folder.run(program('python-dotenv'), args)).stdout;
  },
  bun: async (folder) => (await folder.run(program('bun'), ['-e', NODE])).stdout,
};

/** The file's text, or nothing where the format says that it cannot hold the pair. */
function written(pair: Pair, format: Format, before?: string): string | undefined {
  try {
    return before === undefined ? render(pair, format) : edit(before, format, pair);
  } catch (error) {
    expect(error).toBeInstanceOf(PullTokenError);
    expect((error as PullTokenError).code).toBe('value_not_representable');
    return undefined;
  }
}

const back = (pair: Pair) => [pair.username, pair.password, base64(pair)].join('\0');

describe.each(PROVEN.dotenv.programs)('dotenv in %s', (reader) => {
  const read = READERS[reader];

  test.each(PAIRS)('gives back %s, or refuses to write it', async (_, pair) => {
    const text = written(pair, 'dotenv');
    if (text !== undefined) expect(await read(await Folder.make({ '.env': text }))).toBe(back(pair));
  });

  test('is read from a file that was there before', async () => {
    const text = edit(BEFORE, 'dotenv', PULL_TOKEN);
    expect(await read(await Folder.make({ '.env': text }))).toBe(back(PULL_TOKEN));
  });
});

// Bun and python-dotenv expand variables even within single quotes, and take a backslash there for an escape.
test('dotenv refuses what its readers disagree about, and nothing else', () => {
  const refused = [...PAIRS, ['all of it', AWKWARD] as const].filter(([, pair]) => written(pair, 'dotenv') === undefined);
  expect(refused.map(([what]) => what)).toEqual(['dollars', 'backslashes', 'all of it']);
});

test('dotenv keeps everything else of a file', () => {
  const text = edit(BEFORE, 'dotenv', PULL_TOKEN);
  expectKept(BEFORE.split('\n').filter((line) => !line.startsWith('export')).join('\n'), text);
});
