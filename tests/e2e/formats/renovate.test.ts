// Renovate looks versions up with the rule that we put into a repository's configuration.
import { edit, remove } from 'pulltoken';
import { expect, test } from 'vitest';
import { expectKept } from './support/kept';
import { npmPackage } from './support/packages';
import { Registry } from './support/registry';
import { Folder } from './support/run';
import { program } from './support/programs';
import { PULL_TOKEN } from './support/samples';

const LIMIT = 120_000;

test('renovate fills in its secrets and asks our host alone with them', { timeout: LIMIT }, async () => {
  const ours = await Registry.closed(PULL_TOKEN, npmPackage('javascript', 'ours'));
  const theirs = await Registry.open(npmPackage('npm', '@theirs/it'));
  const before = `// settings of the team
{
  extends: ['config:recommended'], // as usual
  registryUrls: ['${ours.origin}/javascript/'],
  packageRules: [
    { matchPackageNames: ['@theirs/**'], registryUrls: ['${theirs.origin}/npm/'] },
  ],
  hostRules: [
    { matchHost: 'https://npm.example', token: '{{ secrets.OTHER }}' }, /* another one */
  ],
}
`;
  const options = { registry: ours.origin };
  const text = edit(before, 'renovate', PULL_TOKEN, options);
  expectKept(before, text);
  expect(remove(text, 'renovate', options)).toBe(before);
  expect(text).not.toContain(PULL_TOKEN.password.slice(0, 40));

  const dependencies = { ours: '0.9.0', '@theirs/it': '0.9.0' };
  const folder = await Folder.make({ 'renovate.json5': text, 'package.json': JSON.stringify({ name: 'project', dependencies }) });
  await folder.run(program('git'), ['init', '--quiet']);
  await folder.run(program('git'), ['add', 'renovate.json5', 'package.json']);
  const secrets = { OTHER: 'o', CHAINGUARD_JAVASCRIPT_IDENTITY_ID: PULL_TOKEN.username, CHAINGUARD_JAVASCRIPT_TOKEN: PULL_TOKEN.password };
  const args = ['--platform=local', '--dry-run=lookup', '--onboarding=false'];
  const env = { RENOVATE_SECRETS: JSON.stringify(secrets), RENOVATE_BASE_DIR: folder.in('base'), LOG_LEVEL: 'debug' };
  const { stdout, stderr } = await folder.run(program('renovate'), args, { env, limit: LIMIT });
  ours.expectServed('/javascript/ours');
  theirs.expectServed('/npm/@theirs/it');
  // It hides its secrets in what it writes, whatever it asked for.
  expect(stdout + stderr).not.toContain(PULL_TOKEN.password);
});
