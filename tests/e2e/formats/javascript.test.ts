// npm, pnpm, Yarn and Bun install with what we put into their files.
import { edit, parse, remove, render } from 'pulltoken';
import { describe, expect, test } from 'vitest';
import { PROVEN } from './proven';
import { type ClientName, Project } from './support/javascript';
import { expectKept } from './support/kept';
import { Folder } from './support/run';
import { program } from './support/programs';
import { AWKWARD, base64, MILD, type Pair, PULL_TOKEN } from './support/samples';

const NAMES = { CHAINGUARD_JAVASCRIPT_IDENTITY_ID: PULL_TOKEN.username, CHAINGUARD_JAVASCRIPT_TOKEN: PULL_TOKEN.password };
const PAIRS: [string, Pair][] = [['a pull token', PULL_TOKEN], ['awkward characters', AWKWARD]];

describe.each(PROVEN.npmrc.programs)('npmrc: %s', (client) => {
  test.each(PAIRS)('installs with %s', async (_, pair) => {
    const project = await Project.make(pair);
    const before = project.npmrc(client);
    const text = edit(before, 'npmrc', pair, { registry: project.ours.origin });
    expectKept(before, text);
    await project.folder.write('.npmrc', text);
    await project.install(client);
  });
});

describe('npmrc', () => {
  test('an old token does not get in the way', async () => {
    const project = await Project.make();
    const dart = `//${new URL(project.ours.origin).host}/javascript/`;
    const before = `${project.npmrc('npm')}${dart}:_authToken=old\n${dart}:username=old\n${dart}:_password=b2xk\n`;
    await project.folder.write('.npmrc', edit(before, 'npmrc', PULL_TOKEN, { registry: project.ours.origin }));
    await project.install('npm');
  });

  test('nothing is sent any more once it is removed', async () => {
    const project = await Project.make();
    const options = { registry: project.ours.origin };
    const before = project.npmrc('npm');
    const after = remove(edit(before, 'npmrc', PULL_TOKEN, options), 'npmrc', options);
    expect(after).toBe(before);
    await project.folder.write('.npmrc', after);
    await expect(project.install('npm')).rejects.toThrow('E401');
    expect(project.ours.asked.map(({ authorization }) => authorization)).toContain(undefined);
    expect(project.ours.asked.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
  });
});

/** The value of the third variable, made by the very line that the file recommends. */
async function recommended(text: string): Promise<Record<string, string>> {
  const line = text.split('\n').find((it) => it.startsWith('# export '))?.slice(2);
  const folder = await Folder.make();
  const script = `${line}\nprintf %s "$CHAINGUARD_JAVASCRIPT_AUTH"`;
  const { stdout } = await folder.run(program('sh'), ['-c', script], { env: NAMES });
  expect(stdout).toBe(base64(PULL_TOKEN));
  return { CHAINGUARD_JAVASCRIPT_AUTH: stdout };
}

describe('npmrc-env', () => {
  const make = async (client: ClientName) => {
    const project = await Project.make();
    const before = project.npmrc(client);
    const text = edit(before, 'npmrc-env', PULL_TOKEN, { registry: project.ours.origin });
    expectKept(before, text);
    expect(text).not.toContain(base64(PULL_TOKEN).slice(0, 40));
    return { project, text };
  };

  test.each(PROVEN['npmrc-env'].programs)('%s takes it', async (client) => {
    const { project, text } = await make(client);
    // pnpm takes no variables from a file that came with a repository.
    await project.folder.write(client.startsWith('pnpm') ? 'home/.npmrc' : '.npmrc', text);
    await project.install(client, { env: await recommended(text) });
  });
});

describe('pnpm', () => {
  test.each([
    ['pnpm 10', 'home/.npmrc'],
    ['pnpm 12', 'home/.npmrc'],
    ['pnpm 12', 'home/.config/pnpm/auth.ini'],
  ] as const)('%s takes it from %s', async (client, path) => {
    const project = await Project.make();
    await project.folder.write('.npmrc', project.npmrc(client));
    await project.folder.write(path, edit('; mine\n', 'pnpm', PULL_TOKEN, { registry: project.ours.origin }));
    await project.install(client);
  });
});

describe.each(PROVEN.yarnrc.programs)('%s', (client) => {
  const make = async (pair: Pair = PULL_TOKEN) => {
    const project = await Project.make(pair);
    const before = `# settings of the team
nodeLinker: node-modules
npmRegistryServer: "${project.ours.origin}/javascript/" # ours

npmScopes:
  theirs:
    npmRegistryServer: "${project.theirs.origin}/npm"
unsafeHttpWhitelist: ["127.0.0.1", "localhost"]
npmRegistries:
  # another one
  "//npm.example":
    npmAuthToken: other
`;
    // Its own file, so that it is a project of its own whatever lies above.
    await project.folder.write('yarn.lock', '');
    return { project, before };
  };

  test.each([...PAIRS, ['operators', MILD] as [string, Pair]])('yarnrc: installs with %s', async (_, pair) => {
    const { project, before } = await make(pair);
    const options = { registry: project.ours.origin };
    const text = edit(before, 'yarnrc', pair, options);
    expectKept(before, text);
    expect(remove(text, 'yarnrc', options)).toBe(before);
    await project.folder.write('.yarnrc.yml', text);
    await project.install(client);
  });

  test('yarnrc-env: installs with the variables', async () => {
    const { project, before } = await make();
    const text = edit(before, 'yarnrc-env', PULL_TOKEN, { registry: project.ours.origin });
    expectKept(before, text);
    await project.folder.write('.yarnrc.yml', text);
    await project.install(client, { env: NAMES });
  });

  test('yarnrc-env: does not stand in the way where they are not set', async () => {
    const { project, before } = await make();
    await project.folder.write('.yarnrc.yml', edit(before, 'yarnrc-env', PULL_TOKEN, { registry: project.ours.origin }));
    await project.folder.write('package.json', JSON.stringify({ name: 'project', scripts: { hello: 'echo hello' } }));
    await project.folder.run(program(client), ['install']);
    expect((await project.folder.run(program(client), ['run', 'hello'])).stdout).toContain('hello');
  });
});

test('yarnrc: what Yarn would take for a variable is refused', () => {
  const pair = { username: 'u', password: 'a${HOME}b' };
  expect(() => render(pair, 'yarnrc')).toThrow(expect.objectContaining({ code: 'value_not_representable' }));
});

describe('bun', () => {
  const make = async (pair: Pair = PULL_TOKEN) => {
    const project = await Project.make(pair);
    const before = `# settings of the team
telemetry = false

[install]
exact = true # always

[install.scopes]
theirs = "${project.theirs.origin}/npm/"
`;
    return { project, before, options: { registry: project.ours.origin } };
  };

  test.each(PAIRS)('bunfig: installs with %s', async (_, pair) => {
    const { project, before, options } = await make(pair);
    const text = edit(before, 'bunfig', pair, options);
    expectKept(before, text);
    expect(remove(text, 'bunfig', options)).toBe(before);
    await project.folder.write('bunfig.toml', text);
    await project.install('bun');
  });

  test('bunfig-env: installs with the variables', async () => {
    const { project, before, options } = await make();
    const text = edit(before, 'bunfig-env', PULL_TOKEN, options);
    expectKept(before, text);
    expect(parse(text, 'bunfig-env').flatMap(({ variables }) => variables)).toEqual(Object.keys(NAMES));
    await project.folder.write('bunfig.toml', text);
    await project.install('bun', { env: NAMES });
  });

  test('bunfig: a fresh file is one', async () => {
    const project = await Project.make();
    await project.folder.write('package.json', '{"name":"project","dependencies":{"ours":"1.0.0"}}');
    await project.folder.write('bunfig.toml', render(PULL_TOKEN, 'bunfig', { registry: project.ours.origin }));
    await project.folder.run(program('bun'), ['install', '--no-progress']);
    project.ours.expectServed('/javascript/ours', '/javascript/ours/-/ours-1.0.0.tgz');
  });
});
