// What a CI hands from one step to the next.
import { edit, parse, render } from 'pulltoken';
import { expect, test } from 'vitest';
import { Folder } from './support/run';
import { program } from './support/programs';
import { AWKWARD, base64, FOREIGN, MILD, type Pair, PULL_TOKEN } from './support/samples';

const NAMES = ['CHAINGUARD_JAVASCRIPT_IDENTITY_ID', 'CHAINGUARD_JAVASCRIPT_TOKEN', 'CHAINGUARD_JAVASCRIPT_AUTH'];
const values = (pair: Pair) => [pair.username, pair.password, base64(pair)];

test('gitlab: a later job gets a pull token from the report of an earlier one', async () => {
  const folder = await Folder.make({
    'report.env': edit('OTHER=kept\nCHAINGUARD_JAVASCRIPT_TOKEN=old\n', 'gitlab', PULL_TOKEN),
    '.gitignore': 'home/\nseen\n',
    '.gitlab-ci.yml': `stages: [first, second]
mint:
  stage: first
  script: [echo minted]
  artifacts: { reports: { dotenv: report.env } }
use:
  stage: second
  needs: [mint]
  script: ['printf "%s\\n" "$OTHER" ${NAMES.map((name) => `"$${name}"`).join(' ')} > seen']
`,
  });
  const git = (...args: string[]) => folder.run(program('git'), args);
  await git('init', '--quiet');
  await git('remote', 'add', 'origin', 'git@gitlab.example:group/project.git');
  await git('add', '.');
  await git('-c', 'user.name=test', '-c', 'user.email=test@example.com', 'commit', '--quiet', '--message', 'first');
  await folder.run(program('gitlab-ci-local'), ['--shell-isolation=false', '--force-shell-executor']);
  const { stdout } = await folder.run(program('sh'), ['-c', 'cat seen']);
  expect(stdout.split('\n')).toEqual(['kept', ...values(PULL_TOKEN), '']);
});

test.each([['blanks', MILD], ['quotes', AWKWARD]])('gitlab takes no %s', (_, pair) => {
  expect(() => render(pair, 'gitlab')).toThrow(expect.objectContaining({ code: 'value_not_representable' }));
});

// GitHub's runner cannot be had here. Its documentation gives the grammar: `NAME<<DELIMITER`, the lines of the
// value, the delimiter alone on a line.
function readGithub(text: string): [string, string][] {
  const lines = text.split('\n');
  const found: [string, string][] = [];
  for (let at = 0; at < lines.length - 1; at += 1) {
    const [, name, delimiter] = /^([^=<]+)<<(.+)$/.exec(lines[at] ?? '') ?? [];
    if (name === undefined || delimiter === undefined) throw new Error(`not an assignment: ${lines[at]}`);
    const end = lines.indexOf(delimiter, at + 1);
    if (end < 0) throw new Error(`no end of ${name}`);
    found.push([name, lines.slice(at + 1, end).join('\n')]);
    at = end;
  }
  return found;
}

test.each([['a pull token', PULL_TOKEN], ['awkward', AWKWARD], ['foreign', FOREIGN]])('github: %s by its grammar', (_, pair) => {
  const all = values(pair);
  expect(readGithub(render(pair, 'github'))).toEqual(NAMES.map((name, at) => [name, all[at]]));
});

test('github: a value that is the delimiter cannot end the block', () => {
  const options = { delimiter: 'END_1' };
  expect(() => render({ username: 'END_1', password: 'p' }, 'github', options)).toThrow(expect.objectContaining({ code: 'usage' }));
  expect(render(PULL_TOKEN, 'github')).not.toBe(render(PULL_TOKEN, 'github'));
});

// Neither PowerShell nor Windows' command prompt can be had here: these are their documented rules.
test.each([['a pull token', PULL_TOKEN], ['awkward', AWKWARD], ['foreign', FOREIGN]])('powershell: %s by its grammar', (_, pair) => {
  const lines = render(pair, 'powershell').trimEnd().split('\n');
  const read = lines.map((line) => /^\$env:(\w+) = '(.*)'$/.exec(line)?.slice(1) ?? []);
  expect(read.map(([name]) => name)).toEqual(NAMES.slice(0, 2));
  for (const [at, [, quoted = '']] of read.entries()) {
    // Inside, every quote, typographic ones included, has to stand twice.
    const quotes = quoted.match(/['\u2018-\u201B]+/gu) ?? [];
    expect(quotes.filter((run) => run.length % 2 === 1)).toEqual([]);
    expect(quoted.replace(/(['\u2018-\u201B])\1/gu, '$1')).toBe([pair.username, pair.password][at]);
  }
});

test('cmd: a pull token by its grammar', () => {
  const text = render(PULL_TOKEN, 'cmd');
  expect(text).toBe(`set "${NAMES[0]}=${PULL_TOKEN.username}"\r\nset "${NAMES[1]}=${PULL_TOKEN.password}"\r\n`);
  for (const password of ['%PATH%', 'a"b']) {
    expect(() => render({ username: 'u', password }, 'cmd')).toThrow(expect.objectContaining({ code: 'value_not_representable' }));
  }
});

test('json is what JSON.parse reads', () => {
  expect(JSON.parse(render(AWKWARD, 'json'))).toMatchObject({ ...AWKWARD, ecosystem: 'javascript' });
  expect(parse(render(PULL_TOKEN, 'json'), 'json')[0]?.toPlain()).toMatchObject(PULL_TOKEN);
});
