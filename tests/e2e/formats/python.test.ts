// pip, uv and Poetry install with what we put into their files and variables.
import { edit, remove, render } from 'pulltoken';
import { describe, expect, test } from 'vitest';
import { together, wheel } from './support/packages';
import { expectKept } from './support/kept';
import { Registry } from './support/registry';
import { Folder } from './support/run';
import { program } from './support/programs';
import { AWKWARD, IN_URL, MILD, type Pair, PULL_TOKEN } from './support/samples';

const NAMES = { CHAINGUARD_PYTHON_IDENTITY_ID: PULL_TOKEN.username, CHAINGUARD_PYTHON_TOKEN: PULL_TOKEN.password };

/** A pair, and how its username arrives when it stood in a URL. */
const IN_URLS: [string, Pair, Pair][] = [
  ['a pull token', PULL_TOKEN, IN_URL],
  ['awkward characters', AWKWARD, AWKWARD],
  ['operators', MILD, MILD],
];
const PLAIN: [string, Pair][] = IN_URLS.map(([what, pair]) => [what, pair]);

/** What is served for every package `NAME`, and proof that it was. */
const page = (name: string, root = 'python') => `/${root}/simple/${name}/`;
const file = (name: string, root = 'python', version = '1.0.0') => `/${root}/files/${name}-${version}-py3-none-any.whl`;

/** Ours, which asks for the pair, and a public index on another host. */
async function registries(pair: Pair): Promise<{ ours: Registry; theirs: Registry; registry: string }> {
  const packages = together(wheel('python', 'ours'), wheel('python-remediated', 'mended', '1.0.0+cgr.1'));
  const [ours, theirs] = await Promise.all([Registry.closed(pair, packages), Registry.open(wheel('python', 'theirs'))]);
  return { ours, theirs, registry: ours.origin };
}

function expectInstalled(ours: Registry, theirs: Registry): void {
  ours.expectServed(page('ours'), file('ours'));
  theirs.expectServed(page('theirs'), file('theirs'));
}

const PIP = ['install', '--no-deps', '--no-input', '--disable-pip-version-check', '--target', 'out'];
const UV = ['pip', 'install', '--no-deps', '--python', program('python')[0], '--target', 'out'];

describe('pip', () => {
  test.each(IN_URLS)('installs with %s', async (_, pair, arriving) => {
    const { ours, theirs, registry } = await registries(arriving);
    const before = `# settings of the team\n[global]\ntimeout: 20\n; theirs\nextra-index-url =\n    ${theirs.origin}/python/simple/\n\n[install]\nno-warn-script-location = yes\n`;
    const text = edit(before, 'pip', pair, { registry });
    expectKept(before, text);
    expect(remove(text, 'pip', { registry })).toBe(before);
    const folder = await Folder.make({ 'home/.config/pip/pip.conf': text });
    await folder.run(program('pip'), [...PIP, 'ours', 'theirs']);
    expectInstalled(ours, theirs);
  });

  test('asks the index of remediated versions first', async () => {
    const { ours, registry } = await registries(IN_URL);
    const folder = await Folder.make({ 'pip.conf': render(PULL_TOKEN, 'pip', { registry, remediated: true }) });
    await folder.run(program('pip'), [...PIP, 'mended'], { env: { PIP_CONFIG_FILE: 'pip.conf' } });
    ours.expectServed(file('mended', 'python-remediated', '1.0.0+cgr.1'));
    expect(ours.asked[0]?.path).toBe(page('mended', 'python-remediated'));
  });
});

describe('pip-url', () => {
  test.each(IN_URLS)('pip and uv install with %s', async (_, pair, arriving) => {
    for (const name of ['pip', 'uv'] as const) {
      const { ours, theirs, registry } = await registries(arriving);
      const index = ['--index-url', render(pair, 'pip-url', { registry }).trimEnd(), '--extra-index-url', `${theirs.origin}/python/simple/`];
      const folder = await Folder.make();
      await folder.run(program(name), [...(name === 'pip' ? PIP : UV), ...index, 'ours', 'theirs']);
      expectInstalled(ours, theirs);
    }
  });
});

describe('uv', () => {
  test.each(IN_URLS)('uv.toml: installs with %s', async (_, pair, arriving) => {
    const { ours, theirs, registry } = await registries(arriving);
    const before = `# settings of the team
link-mode = "copy" # always

[[index]]
# theirs
name = "theirs"
url = "${theirs.origin}/python/simple/"
default = true
`;
    const text = edit(before, 'uv', pair, { registry });
    expectKept(before, text);
    expect(remove(text, 'uv', { registry })).toBe(before);
    const folder = await Folder.make({ 'uv.toml': text });
    await folder.run(program('uv'), [...UV, 'ours', 'theirs']);
    expectInstalled(ours, theirs);
  });

  test('pyproject.toml: locks with a pull token, which does not get into the lock file', async () => {
    const { ours, theirs, registry } = await registries(IN_URL);
    const before = `# a project
[project]
name = "project"
version = "1.0.0"
requires-python = ">=3.8"
dependencies = ["ours", "theirs"]

[[tool.uv.index]]
name = "theirs"
url = "${theirs.origin}/python/simple/"
default = true
`;
    const text = edit(before, 'uv', PULL_TOKEN, { registry });
    expectKept(before, text);
    const folder = await Folder.make({ 'pyproject.toml': text });
    await folder.run(program('uv'), ['sync', '--python', program('python')[0]]);
    expectInstalled(ours, theirs);
    const lock = (await folder.run(program('sh'), ['-c', 'cat uv.lock'])).stdout;
    expect(lock).toContain(`${registry}/python/`);
    expect(lock).not.toContain(PULL_TOKEN.password.slice(0, 40));
  });

  test('uv-env: the variables open our index alone', async () => {
    const { ours, theirs, registry } = await registries(PULL_TOKEN);
    const text = render(PULL_TOKEN, 'uv-env', { registry, remediated: true });
    expect(text).not.toContain(PULL_TOKEN.password.slice(0, 40));
    const folder = await Folder.make({ 'env.sh': text });
    const call = [...program('uv'), ...UV, 'mended', 'ours', 'theirs'].map((word) => `'${word}'`).join(' ');
    const env = { ...NAMES, UV_DEFAULT_INDEX: `${theirs.origin}/python/simple/` };
    await folder.run(program('sh'), ['-c', `. ./env.sh; exec ${call}`], { env });
    expectInstalled(ours, theirs);
    ours.expectServed(file('mended', 'python-remediated', '1.0.0+cgr.1'));
  });
});

describe('poetry', () => {
  test.each(PLAIN.slice(0, 2))('locks with %s', async (_, pair) => {
    const { ours, theirs, registry } = await registries(pair);
    const before = '# mine\n[http-basic.other]\nusername = "other" # kept\npassword = "other"\n\n[pypi-token]\npypi = "x"\n';
    const text = edit(before, 'poetry', pair, { registry });
    expectKept(before, text);
    expect(remove(text, 'poetry', { registry })).toBe(before);
    const folder = await Folder.make({
      'config/auth.toml': text,
      'pyproject.toml': `[project]
name = "project"
version = "1.0.0"
requires-python = ">=3.11"
dependencies = ["ours", "theirs"]

[tool.poetry]
package-mode = false

[[tool.poetry.source]]
name = "chainguard"
url = "${registry}/python/simple/"

[[tool.poetry.source]]
name = "theirs"
url = "${theirs.origin}/python/simple/"
priority = "supplemental"
`,
    });
    const env = { POETRY_CONFIG_DIR: 'config', POETRY_CACHE_DIR: 'cache', POETRY_KEYRING_ENABLED: 'false' };
    await folder.run(program('poetry'), ['lock', '--no-interaction', '--no-ansi'], { env });
    ours.expectServed(page('ours'), file('ours'));
    theirs.expectServed(page('theirs'), file('theirs'));
  });
});
