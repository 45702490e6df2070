// Signing in at the pages of a certified OpenID provider, which the issuer sends people to.
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { start, type Platform } from '../sign-in/provider';
import { startExtensionAt, type Extension } from '../support/browser';
import { authWindow, listed, startOver } from './support';

let platform: Platform;
let extension: Extension;

beforeAll(async () => {
  platform = await start('--tls');
  extension = await startExtensionAt(platform.simulator);
});
afterAll(async () => {
  await extension?.close();
  await platform?.stop();
});
afterEach(() => startOver(extension));

async function signInAt(provider: Page, name: string): Promise<void> {
  await provider.getByPlaceholder('Enter any login').fill(name);
  await provider.getByPlaceholder('and password').fill('any');
  await provider.getByRole('button', { name: 'Sign-in' }).click();
  await provider.getByRole('button', { name: 'Continue' }).click();
}

test('with the browser', async () => {
  const page = await extension.open('page.html');
  const window = authWindow(extension);
  await page.getByRole('button', { name: 'Sign in with the browser' }).click();
  await signInAt(await window, 'owner');
  await listed(page);
});

test('whoever turns back there is told', async () => {
  const page = await extension.open('page.html');
  await extension.context.clearCookies();
  const window = authWindow(extension);
  await page.getByRole('button', { name: 'Sign in with the browser' }).click();
  await (await window).getByRole('link', { name: 'Cancel' }).click();
  await page.getByRole('alert').getByText('access_denied').waitFor();
});

test('with a code that is typed in there', async () => {
  const background = await extension.background();
  await background.evaluate((provider) => chrome.storage.local.set({ settings: { device: { provider, clientId: 'pulltoken' } } }), platform.url);
  const page = await extension.open('page.html');
  // The browser's own dialog cannot be pressed here: what is asked for is seen, and the rest goes through CORS.
  await page.evaluate(() => {
    const asked: unknown[] = [];
    Object.assign(globalThis, { asked });
    chrome.permissions.request = (async (wanted: unknown) => {
      asked.push(wanted);
      return true;
    }) as typeof chrome.permissions.request;
  });
  await page.getByRole('button', { name: 'Sign in with a code' }).click();
  await page.getByRole('link', { name: 'Open the page' }).waitFor();
  expect(await page.evaluate(() => (globalThis as unknown as { asked: unknown }).asked)).toEqual([{ origins: ['http://localhost/*'] }]);
  const opened = extension.context.waitForEvent('page');
  await page.getByRole('link', { name: 'Open the page' }).click();
  const provider = await opened;
  await provider.getByRole('button', { name: 'Continue' }).click();
  await signInAt(provider, 'owner');
  await listed(page);
});
