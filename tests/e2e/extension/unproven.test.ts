// An issuer that loses what was put into the address to come back to: the nonce with it.
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { POPUP, startExtension, type Extension } from '../support/browser';
import { judge } from '../support/looks';
import { listed, signInWithBrowser, startOver } from './support';

let extension: Extension;
let page: Page;

beforeAll(async () => {
  extension = await startExtension('--drop-redirect-parameters');
});
afterAll(() => extension?.close());
beforeEach(async () => {
  page = await extension.open('page.html');
  await signInWithBrowser(extension, page, 'owner');
  await page.getByRole('heading', { name: 'Is this you?' }).waitFor();
});
afterEach(() => startOver(extension));

const stored = async (key: string) => (await extension.background()).evaluate((name) => chrome.storage.session.get(name), key);

test('the person says who they are, and goes on', async () => {
  await page.getByText('owner@example.com').waitFor();
  await judge(page, 'extension-is-this-you');
  expect(await stored('session')).toEqual({});
  await page.getByRole('button', { name: 'Yes, this is me' }).click();
  await listed(page);
  expect(await stored('unproven')).toEqual({});
});

test('somebody else\'s session is forgotten', async () => {
  await page.getByRole('button', { name: 'No', exact: true }).click();
  await page.getByRole('button', { name: 'Sign in with the browser' }).waitFor();
  expect(await (await extension.background()).evaluate(() => chrome.storage.session.get())).toEqual({});
});

test('a popup that was closed meanwhile asks when it is opened again', async () => {
  await page.close();
  const popup = await extension.open('popup.html', POPUP);
  await popup.getByText('owner@example.com').waitFor();
  await popup.getByRole('button', { name: 'Yes, this is me' }).click();
  await listed(popup);
});
