// What is committed for others to read: Bazel, Dependabot, Renovate.
import { edit, type Ecosystem, remove, render } from 'pulltoken';
import { describe, expect, test } from 'vitest';
import { expectKept } from './support/kept';
import { Folder } from './support/run';
import { program } from './support/programs';
import { PULL_TOKEN } from './support/samples';

/** Python's reader of YAML, not ours. */
async function readYaml(text: string): Promise<unknown> {
  const folder = await Folder.make({ 'file.yml': text });
  const read = 'import json, yaml; print(json.dumps(yaml.safe_load(open("file.yml", encoding="utf-8"))))';
  return JSON.parse((await folder.run(program('python'), ['-c', read])).stdout);
}

describe('dependabot', () => {
  // No Dependabot can be had here. GitHub documents the kinds of registry, and which of them take a pair.
  const KINDS: [Ecosystem, string, string][] = [
    ['javascript', 'npm-registry', 'https://libraries.cgr.dev/javascript/'],
    ['python', 'python-index', 'https://libraries.cgr.dev/python/simple/'],
    ['java', 'maven-repository', 'https://libraries.cgr.dev/java/'],
  ];

  test.each(KINDS)('%s: a registry of its documented kind', async (ecosystem, type, url) => {
    const before = `# settings of the team
version: 2 # always
registries:
  other: # another one
    type: npm-registry
    url: https://npm.example
    token: \${{secrets.OTHER}}
updates:
  - package-ecosystem: "npm"
    directory: "/"
    registries: "*"
    schedule: { interval: daily }
`;
    const text = edit(before, 'dependabot', PULL_TOKEN, { ecosystem });
    expectKept(before, text);
    expect(remove(text, 'dependabot', { ecosystem })).toBe(before);
    expect(text).not.toContain(PULL_TOKEN.password.slice(0, 40));
    const name = ecosystem.toUpperCase();
    expect(await readYaml(text)).toEqual({
      ...((await readYaml(before)) as object),
      registries: {
        other: { type: 'npm-registry', url: 'https://npm.example', token: '${{secrets.OTHER}}' },
        chainguard: {
          type,
          url,
          username: `\${{secrets.CHAINGUARD_${name}_IDENTITY_ID}}`,
          password: `\${{secrets.CHAINGUARD_${name}_TOKEN}}`,
        },
      },
    });
  });
});

describe('bazel', () => {
  // What Debian and npm have of Bazel is older than its credential helpers. This is its documented syntax: a
  // command, options split as a shell splits words, `#` for comments, `--credential_helper=HOST=PROGRAM`.
  const readRc = (text: string) =>
    text
      .replaceAll('\\\n', '')
      .split('\n')
      .map((line) => line.replace(/(^|\s)#.*/, '').trim().split(/\s+/))
      .filter(([command]) => command !== '');

  test('one helper for one host, for every command', () => {
    const before = '# settings of the team\nbuild --jobs=4 # two are slow\ncommon --credential_helper=other.example=helper\n';
    const text = edit(before, 'bazel', PULL_TOKEN);
    expectKept(before, text);
    expect(remove(text, 'bazel')).toBe(before);
    expect(readRc(text)).toEqual([...readRc(before), ['common', '--credential_helper=libraries.cgr.dev=pulltoken-helper-bazel']]);
    // A host as Bazel's pattern wants it: no scheme, no port, no path.
    expect(readRc(render(PULL_TOKEN, 'bazel', { registry: 'https://[::1]:1/x' })).flat().at(-1)).toMatch(/=::1=/);
  });
});
