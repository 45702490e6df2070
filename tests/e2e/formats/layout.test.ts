// Files as Windows writes them, with its line breaks and none at the end: what they held before still
// counts, and so does what we add.
import { edit, type Format, remove } from 'pulltoken';
import { expect, test } from 'vitest';
import { npmPackage, together, wheel } from './support/packages';
import { Registry } from './support/registry';
import { Folder } from './support/run';
import { program, type ProgramName } from './support/programs';
import { IN_URL, type Pair, PULL_TOKEN } from './support/samples';

interface Case {
  client: ProgramName;
  format: Format;
  path: string;
  /** Lines for the registries' URLs, the last of them what the install cannot do without. */
  before: (ours: string, theirs: string) => string[];
  args: string[];
  arriving?: Pair;
  files?: Record<string, string>;
}

const DEPENDENCIES = JSON.stringify({ name: 'project', dependencies: { ours: '1.0.0', '@theirs/it': '1.0.0' } });
const NPM: Pick<Case, 'format' | 'path' | 'before'> = {
  format: 'npmrc',
  path: '.npmrc',
  before: (ours, theirs) => ['; first', `registry=${ours}/javascript/`, `@theirs:registry=${theirs}/npm/`],
};
const PIP = ['install', '--no-deps', '--no-input', '--disable-pip-version-check', '--target', 'out', 'ours', 'theirs'];

const CASES: Case[] = [
  { ...NPM, client: 'npm', args: ['install', '--no-audit', '--no-update-notifier'] },
  { ...NPM, client: 'npm 12', args: ['install', '--no-audit', '--no-update-notifier'] },
  { ...NPM, client: 'pnpm 12', args: ['install'] },
  { ...NPM, client: 'bun', args: ['install'] },
  {
    client: 'yarn 4',
    format: 'yarnrc',
    path: '.yarnrc.yml',
    files: { 'yarn.lock': '' },
    before: (ours, theirs) => [
      '# first',
      'enableTelemetry: false',
      'nodeLinker: node-modules',
      'unsafeHttpWhitelist: ["127.0.0.1", "localhost"]',
      `npmScopes: { theirs: { npmRegistryServer: "${theirs}/npm" } }`,
      `npmRegistryServer: "${ours}/javascript"`,
    ],
    args: ['install'],
  },
  {
    client: 'bun',
    format: 'bunfig',
    path: 'bunfig.toml',
    before: (_, theirs) => ['# first', '[install.scopes]', `theirs = "${theirs}/npm/"`],
    args: ['install'],
  },
  {
    client: 'pip',
    format: 'pip',
    path: 'home/.config/pip/pip.conf',
    before: (_, theirs) => ['# first', '[global]', `extra-index-url = ${theirs}/python/simple/`],
    args: PIP,
    arriving: IN_URL,
  },
  {
    client: 'uv',
    format: 'uv',
    path: 'uv.toml',
    before: (_, theirs) => ['# first', '[[index]]', `url = "${theirs}/python/simple/"`, 'default = true'],
    args: ['pip', 'install', '--no-deps', '--python', 'python3', '--target', 'out', 'ours', 'theirs'],
    arriving: IN_URL,
  },
];

test.each(CASES)('$client reads $format', async ({ client, format, path, before, args, arriving = PULL_TOKEN, files }) => {
  const [ours, theirs] = await Promise.all([
    Registry.closed(arriving, together(npmPackage('javascript', 'ours'), wheel('python', 'ours'))),
    Registry.open(together(npmPackage('npm', '@theirs/it'), wheel('python', 'theirs'))),
  ]);
  const lines = before(ours.origin, theirs.origin);
  const text = edit(lines.join('\r\n'), format, PULL_TOKEN, { registry: ours.origin });
  expect(text.startsWith(`${lines[0]}\r\n`)).toBe(true);
  expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  expect(remove(text, format, { registry: ours.origin })).toBe(lines.join('\r\n'));

  const folder = await Folder.make({ 'package.json': DEPENDENCIES, ...files, [path]: text });
  await folder.run(program(client), args);
  const python = format === 'pip' || format === 'uv';
  ours.expectServed(python ? '/python/files/ours-1.0.0-py3-none-any.whl' : '/javascript/ours/-/ours-1.0.0.tgz');
  theirs.expectServed(python ? '/python/files/theirs-1.0.0-py3-none-any.whl' : '/npm/@theirs/it/-/it-1.0.0.tgz');
});
