// A repository manager in the place of the vendor's host.
import { edit, render } from 'pulltoken';
import { expect, test } from 'vitest';
import { npmPackage, together, wheel } from './support/packages';
import { Registry } from './support/registry';
import { Folder } from './support/run';
import { program } from './support/programs';
import { IN_URL, type Pair, PULL_TOKEN } from './support/samples';

async function manager(pair: Pair): Promise<{ registry: Registry; npm: string; pypi: string }> {
  const registry = await Registry.closed(pair, together(npmPackage('repository/npm', 'ours'), wheel('repository/pypi', 'ours')));
  return { registry, npm: `${registry.origin}/repository/npm/`, pypi: `${registry.origin}/repository/pypi` };
}

const DEPENDENCIES = JSON.stringify({ name: 'project', dependencies: { ours: '1.0.0' } });
const TARBALL = '/repository/npm/ours/-/ours-1.0.0.tgz';
const WHEEL = '/repository/pypi/files/ours-1.0.0-py3-none-any.whl';

test('npm', async () => {
  const { registry, npm } = await manager(PULL_TOKEN);
  const npmrc = edit(`registry=${npm}\n`, 'npmrc', PULL_TOKEN, { proxyUrl: npm });
  const folder = await Folder.make({ 'package.json': DEPENDENCIES, '.npmrc': npmrc });
  await folder.run(program('npm'), ['install', '--no-audit', '--no-update-notifier']);
  registry.expectServed(TARBALL);
});

test('yarn 4', async () => {
  const { registry, npm } = await manager(PULL_TOKEN);
  const before = `enableTelemetry: false\nunsafeHttpWhitelist: ["127.0.0.1"]\nnpmRegistryServer: "${npm}"\n`;
  const yarnrc = edit(before, 'yarnrc', PULL_TOKEN, { proxyUrl: npm });
  const folder = await Folder.make({ 'package.json': DEPENDENCIES, 'yarn.lock': '', '.yarnrc.yml': yarnrc });
  await folder.run(program('yarn 4'), ['install']);
  registry.expectServed(TARBALL);
});

test('bun', async () => {
  const { registry, npm } = await manager(PULL_TOKEN);
  const folder = await Folder.make({ 'package.json': DEPENDENCIES, 'bunfig.toml': render(PULL_TOKEN, 'bunfig', { proxyUrl: npm }) });
  await folder.run(program('bun'), ['install']);
  registry.expectServed(TARBALL);
});

test('pip', async () => {
  const { registry, pypi } = await manager(IN_URL);
  const folder = await Folder.make({ 'pip.conf': render(PULL_TOKEN, 'pip', { proxyUrl: pypi }) });
  const args = ['install', '--no-deps', '--no-input', '--disable-pip-version-check', '--target', 'out', 'ours'];
  await folder.run(program('pip'), args, { env: { PIP_CONFIG_FILE: 'pip.conf' } });
  registry.expectServed(WHEEL);
});

test('uv', async () => {
  const { registry, pypi } = await manager(PULL_TOKEN);
  const variables = render(PULL_TOKEN, 'uv-env', { proxyUrl: pypi, name: 'our-manager' });
  expect(variables).toContain('UV_INDEX_OUR_MANAGER_USERNAME');
  const folder = await Folder.make({ 'env.sh': variables });
  const call = [...program('uv'), 'pip', 'install', '--no-deps', '--python', 'python3', '--target', 'out', 'ours'];
  const env = { CHAINGUARD_PYTHON_IDENTITY_ID: PULL_TOKEN.username, CHAINGUARD_PYTHON_TOKEN: PULL_TOKEN.password };
  await folder.run(program('sh'), ['-c', `. ./env.sh; exec ${call.map((word) => `'${word}'`).join(' ')}`], { env });
  registry.expectServed(WHEEL);
});
