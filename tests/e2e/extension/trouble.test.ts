// What goes wrong between here and the platform, and what a person sees of it.
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startExtension, type Extension } from '../support/browser';
import { judge } from '../support/looks';
import { killBackground, listed, pasteSession, signedIn, startOver } from './support';

const LIST = '/iam/v2/identities';

let extension: Extension;
let page: Page;

beforeAll(async () => {
  extension = await startExtension();
  await extension.simulator.seed(['build', 'deploy'], 20 * 86_400_000);
});
afterAll(() => extension?.close());

beforeEach(async () => {
  page = await signedIn(extension);
});
afterEach(() => startOver(extension));

const reload = () => page.getByRole('button', { name: 'Reload' }).click();
const trouble = () => page.getByRole('alert');

test('a machine without a network says so, and goes on by itself', async () => {
  extension.gateway.unplug();
  await extension.context.setOffline(true);
  await reload();
  await trouble().getByText('This machine is offline').waitFor();
  await judge(page, 'extension-offline');
  extension.gateway.plug();
  await extension.context.setOffline(false);
  await trouble().waitFor({ state: 'detached' });
  await listed(page);
});

test('a platform that cannot be reached can be tried again', async () => {
  extension.gateway.unplug();
  await reload();
  await trouble().getByText('network', { exact: true }).waitFor();
  // What was there stays in sight.
  expect(await page.getByText('2 of 2 pull tokens').isVisible()).toBe(true);
  extension.gateway.plug();
  await trouble().getByRole('button', { name: 'Try again' }).click();
  await trouble().waitFor({ state: 'detached' });
});

test('401: the session is forgotten, and signing in is one click away', async () => {
  await extension.simulator.fault({ method: 'GET', path: LIST, action: { status: { status: 401, code: 16, message: 'token is revoked' } } });
  await reload();
  await trouble().getByText('unauthenticated').waitFor();
  await judge(page, 'extension-unauthenticated');
  await trouble().getByRole('button', { name: 'Sign in again' }).click();
  await page.getByRole('button', { name: 'Sign in with the browser' }).waitFor();
  const background = await extension.background();
  expect(await background.evaluate(() => chrome.storage.session.get())).toEqual({});
});

test('403: whom to ask', async () => {
  await extension.simulator.fault({ method: 'GET', path: LIST, action: { status: { status: 403, code: 7, message: 'permission denied' } } });
  await reload();
  await trouble().getByText('permission_denied').waitFor();
  await trouble().getByText('Ask an owner').waitFor();
  await judge(page, 'extension-forbidden');
});

test('429: is waited for as long as the server says, and told if it stays', async () => {
  await extension.simulator.fault({ method: 'GET', path: LIST, times: 1, action: { retryAfter: { status: 429, seconds: 1 } } });
  await reload();
  await listed(page);
  expect(await trouble().count()).toBe(0);
  await extension.simulator.fault({ method: 'GET', path: LIST, action: { retryAfter: { status: 429, seconds: 1 } } });
  await reload();
  await trouble().getByText('rate_limited').waitFor();
  await judge(page, 'extension-rate-limited');
});

test('a slow network: the view says that it waits, and can be used meanwhile', async () => {
  extension.gateway.hold();
  const slow = await extension.open('page.html');
  await slow.getByRole('status').getByText('One moment').waitFor();
  await slow.getByRole('tab', { name: 'Check' }).click();
  await slow.getByLabel('Content of the file').waitFor();
  await slow.getByRole('tab', { name: 'Pull tokens' }).click();
  await slow.getByRole('status').getByText('One moment').waitFor();
  extension.gateway.release();
  await listed(slow);
});

test('the background may be ended at any time, and the session is still there', async () => {
  await killBackground(extension, page);
  await reload();
  await listed(page);
  const other = await extension.open('popup.html');
  await listed(other);
  // Woken by the next event.
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in with the browser' }).waitFor();
});

test('ended while somebody signs in, it leaves nobody waiting', async () => {
  await page.getByRole('button', { name: 'Sign out' }).click();
  const window = extension.context.waitForEvent('page');
  await page.getByRole('button', { name: 'Sign in with the browser' }).click();
  await (await window).getByRole('button', { name: 'Sign in as owner' }).waitFor();
  await killBackground(extension, page);
  await page.getByRole('button', { name: 'Sign in with the browser' }).waitFor();
  await pasteSession(page, extension.simulator.facts.tokens['owner'] ?? '');
  await listed(page);
});

test('two windows at once: what one does to the session, the other shows', async () => {
  const other = await extension.open('page.html');
  await listed(other);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await other.getByRole('button', { name: 'Sign in with the browser' }).waitFor();
  await pasteSession(other, extension.simulator.facts.tokens['viewer'] ?? '');
  await listed(page);
  await listed(other);
});
