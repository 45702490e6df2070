// `.netrc` and curl's configuration, given to the programs that read them.
import { edit, parseNetrc, render } from 'pulltoken';
import { describe, expect, test } from 'vitest';
import { wheel } from './support/packages';
import { type Files, Registry } from './support/registry';
import { Folder } from './support/run';
import { program } from './support/programs';
import { AWKWARD, MILD, type Pair, PULL_TOKEN } from './support/samples';

const FILE: Files = () => ({ '/javascript/file': { body: 'content' } });
const OTHER: Files = () => ({ '/file': { body: 'other content' } });

/** What curl and Python agree on: no backslashes. */
const QUOTED: Pair = { username: `it's a $HOME`, password: 'p w#;!{}[]%41&<>|*?~=,@^`' };

/** Comments, another machine, a macro with what looks like an entry in it, and an old entry of ours. */
function before(host: string): string {
  return `# the team's machines
machine git.example login someone password something # one line

machine ${host}
\tlogin old
\tpassword old
macdef init
machine ${host} login macro password macro

machine last.example
  login last
  password "a b"
`;
}

async function curlReads(netrc: string, ours: Registry, other: Registry): Promise<void> {
  const folder = await Folder.make({ '.netrc': netrc });
  const urls = [`${ours.origin}/javascript/file`, `${other.origin}/file`];
  const args = ['--silent', '--show-error', '--fail', '--max-time', '20', '--anyauth', '--netrc-file', '.netrc', ...urls];
  const { stdout } = await folder.run(program('curl'), args);
  expect(stdout).toBe('contentother content');
  expect(ours.asked[0]?.authorization).toBeUndefined();
  ours.expectServed('/javascript/file');
  other.expectServed('/file');
}

const PAIRS: [string, Pair][] = [['a pull token', PULL_TOKEN], ['quotes and blanks', QUOTED], ['operators', MILD]];

describe('netrc', () => {
  test.each(PAIRS)('curl sends %s to our host alone, when asked', async (_, pair) => {
    const [ours, other] = await Promise.all([Registry.closed(pair, FILE), Registry.open(OTHER)]);
    await curlReads(render(pair, 'netrc', { registry: ours.origin }), ours, other);
  });

  test('curl reads an edited file', async () => {
    const [ours, other] = await Promise.all([Registry.closed(PULL_TOKEN, FILE), Registry.open(OTHER)]);
    const text = edit(before('127.0.0.1'), 'netrc', PULL_TOKEN, { registry: ours.origin });
    await curlReads(text, ours, other);
  });

  test.each([...PAIRS, ['backslashes', AWKWARD] as [string, Pair]])("Python's netrc reads %s", async (_, pair) => {
    const text = edit(before('127.0.0.1'), 'netrc', pair, { registry: 'http://127.0.0.1:1' });
    const read = `import json, netrc; n = netrc.netrc('.netrc'); print(json.dumps([n.authenticators('127.0.0.1'), n.hosts]))`;
    const folder = await Folder.make({ '.netrc': text });
    const [found, hosts] = JSON.parse((await folder.run(program('python'), ['-c', read])).stdout);
    expect(found).toEqual([pair.username, '', pair.password]);
    expect(hosts).toMatchObject({ 'git.example': ['someone', '', 'something'], 'last.example': ['last', '', 'a b'] });
    const entry = parseNetrc(text).find(({ machine }) => machine === '127.0.0.1');
    expect([entry?.login, entry?.password]).toEqual([pair.username, pair.password]);
  });

  test.each(['pip', 'uv'] as const)('%s installs with it', async (name) => {
    const packages = wheel('python', 'ours');
    const [ours, other] = await Promise.all([Registry.closed(PULL_TOKEN, packages), Registry.open(wheel('python', 'theirs'))]);
    const folder = await Folder.make({
      'home/.netrc': edit(before('127.0.0.1'), 'netrc', PULL_TOKEN, { registry: ours.origin, ecosystem: 'python' }),
    });
    const index = ['--index-url', `${ours.origin}/python/simple/`, '--extra-index-url', `${other.origin}/python/simple/`];
    const install = name === 'pip' ? ['install', '--no-deps', '--no-input'] : ['pip', 'install', '--no-deps', '--python', 'python3'];
    await folder.run(program(name), [...install, '--target', 'out', ...index, 'ours', 'theirs']);
    ours.expectServed('/python/simple/ours/', '/python/files/ours-1.0.0-py3-none-any.whl');
    other.expectServed('/python/simple/theirs/', '/python/files/theirs-1.0.0-py3-none-any.whl');
  });

  test('a line too long for curl is warned of', () => {
    const warnings: string[] = [];
    render({ ...PULL_TOKEN, password: 'p'.repeat(4100) }, 'netrc', { onWarning: ({ code }) => warnings.push(code) });
    expect(warnings).toHaveLength(1);
  });
});

test.each([...PAIRS, ['backslashes and double quotes', AWKWARD] as [string, Pair]])(
  'curl takes its configuration with %s',
  async (_, pair) => {
    const ours = await Registry.closed(pair, FILE);
    const folder = await Folder.make();
    const args = ['--disable', '--silent', '--show-error', '--fail', '--max-time', '20', '--anyauth', '--config', '-'];
    const input = render(pair, 'curl', { registry: ours.origin });
    const { stdout } = await folder.run(program('curl'), [...args, `${ours.origin}/javascript/file`], { input });
    expect(stdout).toBe('content');
    expect(ours.asked[0]?.authorization).toBeUndefined();
    ours.expectServed('/javascript/file');
  },
);
