// The settings, and what they change.
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startExtension, type Extension } from '../support/browser';
import { judge } from '../support/looks';
import { badge, complaintsOf, signedIn, startOver } from './support';

let extension: Extension;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  extension = await startExtension();
});
afterAll(() => extension?.close());
beforeEach(async () => {
  page = await extension.open('options.html');
  complaints = complaintsOf(page);
});
afterEach(async () => {
  expect(complaints).toEqual([]);
  await startOver(extension);
});

const save = () => page.getByRole('button', { name: 'Save' }).click();
const saved = () => page.getByRole('status').getByText('Saved').waitFor();
const stored = async () => (await extension.background()).evaluate(() => chrome.storage.local.get('settings'));

test('what makes no sense is said beside the field, and nothing is kept', async () => {
  await page.getByLabel('API').fill('http://console-api.enforce.dev');
  await page.getByLabel('Days before a token expires').fill('1000');
  await page.getByLabel('Client').fill('pulltoken');
  await save();
  await page.getByText('An https URL is needed').first().waitFor();
  await page.getByText('A whole number from 1 to 90 is needed.').waitFor();
  expect(await page.getByLabel('API').getAttribute('aria-invalid')).toBe('true');
  expect(await page.getByLabel('Provider').getAttribute('aria-invalid')).toBe('true');
  await judge(page, 'extension-options-wrong');
  expect(await stored()).toEqual({});
});

test('the days count at once', async () => {
  await extension.simulator.seed(['in five days'], 5 * 86_400_000);
  const list = await signedIn(extension);
  const background = await extension.background();
  await expect.poll(() => badge(background)).toBe('1');
  await page.bringToFront();
  await page.getByLabel('Days before a token expires').fill('3');
  await page.getByLabel('Announce each token once').uncheck();
  await save();
  await saved();
  await expect.poll(() => badge(background)).toBe('');
  expect(await stored()).toMatchObject({ settings: { expiringDays: 3, notify: false } });
  // The same places: the session stays.
  expect(await list.getByRole('button', { name: 'Sign out' }).isVisible()).toBe(true);
  await page.reload();
  await page.getByLabel('Days before a token expires').waitFor();
  expect(await page.getByLabel('Days before a token expires').inputValue()).toBe('3');
  await judge(page, 'extension-options');
});

test('other places end the session of the old ones', async () => {
  const list = await signedIn(extension);
  await page.bringToFront();
  // Permitted already: this is about the session, and no dialog of the browser's can be pressed here.
  await page.getByLabel('API').fill('https://issuer.enforce.dev/');
  await save();
  await saved();
  await list.getByRole('button', { name: 'Sign in with the browser' }).waitFor();
  expect(await stored()).toMatchObject({ settings: { api: 'https://issuer.enforce.dev' } });
  await page.getByRole('button', { name: 'Defaults' }).click();
  await save();
  await expect.poll(stored).toMatchObject({ settings: { api: 'https://console-api.enforce.dev' } });
});

test('a host that is not permitted is asked for', async () => {
  // The browser's own dialog cannot be pressed here. That it was asked, and for what, is seen by standing in for it.
  await page.evaluate(() => {
    const asked: unknown[] = [];
    Object.assign(globalThis, { asked });
    chrome.permissions.request = (async (wanted: unknown) => {
      asked.push(wanted);
      return false;
    }) as typeof chrome.permissions.request;
  });
  await page.getByLabel('API').fill('https://api.example');
  await save();
  await page.getByRole('alert').getByText('the permission', { exact: false }).waitFor();
  await page.getByRole('alert').getByText('Try again and allow it', { exact: false }).waitFor();
  expect(await page.evaluate(() => (globalThis as unknown as { asked: unknown }).asked)).toEqual([
    { origins: ['https://api.example/*', 'https://issuer.enforce.dev/*', 'https://libraries.cgr.dev/*'] },
  ]);
  expect(await stored()).toEqual({});
});
