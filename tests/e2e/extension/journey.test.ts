// The main job in the built extension, from signing in to signing out, with the real npm at the far end.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startExtension, type Extension } from '../support/browser';
import { judge } from '../support/looks';
import { badge, clipboard, complaintsOf, fireAlarm, listed, signInWithBrowser } from './support';

/** A package of the simulator's that needs others, one of which is downloaded from the object store. */
const PACKAGE = 'whole-crew';

let extension: Extension;
let page: Page;

beforeAll(async () => {
  extension = await startExtension();
});
afterAll(() => extension?.close());

const row = (name: string) => page.getByRole('row').filter({ hasText: name });

test('sign in, list, create, copy, install with npm, expire, delete, sign out', async () => {
  const { gateway, simulator } = extension;
  page = await extension.open('page.html');
  const complaints = complaintsOf(page);
  await page.getByRole('button', { name: 'Sign in with the browser' }).waitFor();
  await judge(page, 'extension-signed-out');

  await signInWithBrowser(extension, page, 'owner');
  await listed(page);

  await page.getByRole('button', { name: 'Create pull token' }).click();
  const form = page.getByRole('dialog', { name: 'Create pull token' });
  await form.getByLabel('Name').fill('laptop');
  await form.getByLabel('JavaScript', { exact: true }).check();
  await form.getByRole('button', { name: 'Create pull token' }).click();
  const made = page.getByRole('dialog', { name: 'Pull token created' });
  await made.getByLabel('Format').selectOption('npmrc');
  await made.getByRole('button', { name: 'Copy: as npmrc' }).click();
  await page.getByRole('status').getByText('Copied: as npmrc').waitFor();
  await judge(page, 'extension-created');

  const copied = await clipboard(page);
  expect(copied).toContain('//libraries.cgr.dev/javascript/:_auth=');
  expect(await install(copied)).toMatch(/added \d+ packages/);
  expect((await simulator.requests()).some(({ part, status }) => part === 'registry' && status === 200)).toBe(true);

  await fireAlarm(await extension.background(), 'clipboard');
  await expect.poll(() => clipboard(page)).toBe('');

  await made.getByRole('button', { name: 'Done' }).click();
  await row('laptop').filter({ hasText: 'in 29 days' }).waitFor();

  // Another one ends meanwhile, and is then deleted with all that have.
  await simulator.seed(['short'], 2_000);
  await simulator.seed(['soon'], 3 * 86_400_000);
  await expect.poll(async () => {
    await page.getByRole('button', { name: 'Reload' }).click();
    return row('short').getByText('Expired', { exact: true }).isVisible();
  }).toBe(true);
  await judge(page, 'extension-list');
  await page.getByRole('button', { name: 'Delete expired (1)' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete all expired' }).click();
  await page.getByRole('dialog').getByText('1 token deleted').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click();
  await row('short').waitFor({ state: 'detached' });

  await row('laptop').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog', { name: 'Delete this token?' }).getByRole('button', { name: 'Delete' }).click();
  await row('laptop').waitFor({ state: 'detached' });
  expect((await simulator.identities()).map(({ name }) => name)).not.toContain('laptop');

  const background = await extension.background();
  await fireAlarm(background, 'look');
  await expect.poll(() => badge(background)).toBe('1');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in with the browser' }).waitFor();
  expect(await background.evaluate(() => chrome.storage.session.get())).toEqual({});
  expect(await background.evaluate(() => chrome.storage.local.get())).toEqual({});
  await expect.poll(() => badge(background)).toBe('');

  // What it asked, it asked of the platform alone. The address that a sign-in comes back to is nobody's.
  const hosts = new Set(extension.requests.filter((url) => url.startsWith('http')).map((url) => new URL(url).host));
  const back = `${new URL(extension.root).host}.chromiumapp.org`;
  expect([...hosts].sort()).toEqual(['console-api.enforce.dev', 'issuer.enforce.dev', back].sort());
  // Chromium does begin to connect there before it hands the address to the extension, and says nothing.
  expect(gateway.refused.filter((host) => host !== `${back}:443` && !/google/.test(host))).toEqual([]);
  expect(complaints).toEqual([]);
});

/** Installs a package with an .npmrc as it was copied, in the home of somebody who has nothing else. */
async function install(npmrc: string): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'pulltoken-npm-'));
  onTestFinished(() => rm(home, { recursive: true, force: true, maxRetries: 5 }));
  await writeFile(join(home, '.npmrc'), npmrc, { mode: 0o600 });
  await writeFile(join(home, 'package.json'), '{"name":"project","version":"1.0.0","private":true}');
  const { PATH } = process.env;
  const { stdout } = await promisify(execFile)('npm', ['install', PACKAGE, '--no-audit', '--no-fund'], {
    cwd: home,
    env: {
      PATH, HOME: home,
      npm_config_registry: 'https://libraries.cgr.dev/javascript/',
      npm_config_userconfig: join(home, '.npmrc'),
      npm_config_cache: join(home, 'cache'),
      npm_config_https_proxy: `http://${extension.gateway.address}`,
      npm_config_cafile: extension.simulator.facts.caFile,
    },
    timeout: 50_000,
  });
  return stdout;
}
