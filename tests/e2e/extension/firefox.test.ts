// The same extension in Firefox: the ways through it that browsers do differently.
/// <reference types="chrome" />
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startFirefox, type FirefoxExtension } from '../support/firefox';

const ARTEFACTS = join(import.meta.dirname, '../artefacts');

let extension: FirefoxExtension;
let page: Page;

beforeAll(async () => {
  await mkdir(ARTEFACTS, { recursive: true });
  extension = await startFirefox();
});
afterAll(() => extension?.close());
afterEach(async () => {
  const rest = await extension.open('options.html');
  await rest.evaluate(() => Promise.all([chrome.storage.session.clear(), chrome.storage.local.clear()]));
  const pages = await extension.browser.pages();
  await Promise.all(pages.slice(1).map((one) => one.close()));
});

const press = (name: string, where = page) => where.locator(`::-p-aria([name="${name}"][role="button"])`).click();
const says = (words: string, where = page) => where.waitForSelector(`::-p-text(${words})`);
const picture = (name: string) => page.screenshot({ path: join(ARTEFACTS, `firefox-${name}.png`) });

/** Something that an extension's page may look up about the extension. */
const inside = <T>(look: () => Promise<T>) => page.evaluate(look) as Promise<T>;

async function signIn(who: string): Promise<void> {
  const window = await extension.opened(() => press('Sign in with the browser'));
  await window.locator(`button[value="${who}"]`).click();
  await says('Sign out');
}

test('sign in, create, copy, forget what was copied, delete, sign out', async () => {
  page = await extension.open('page.html');
  await signIn('owner');
  expect(await inside(() => chrome.storage.session.get('session'))).toMatchObject({ session: { refreshToken: expect.any(String) } });
  expect(await inside(() => chrome.storage.local.get())).not.toHaveProperty('session');

  await press('Create pull token');
  await page.locator('dialog ::-p-aria([name="Name"][role="textbox"])').fill('firefox');
  await page.locator('dialog ::-p-aria([name="JavaScript"][role="checkbox"])').click();
  await page.locator('dialog button[type="submit"]').click();
  await says('The password is shown this once');
  await picture('created');
  await press('Copy: Password');
  await says('Copied: Password');
  const clipboard = () => inside(() => navigator.clipboard.readText());
  const password = await clipboard();
  expect(password).toMatch(/^eyJ/);
  const [made] = (await extension.simulator.identities()).filter(({ name }) => name === 'firefox');
  const authorization = `Basic ${Buffer.from(`${made?.id}:${password}`).toString('base64')}`;
  expect((await fetch(`${extension.simulator.facts.registry}/javascript/-/ping`, { headers: { authorization } })).status).toBe(200);

  await inside(() => chrome.alarms.create('clipboard', { when: Date.now() }));
  await expect.poll(clipboard).toBe('');
  await press('Done');
  await picture('list');

  await page.locator('.view-length [role="row"]').click();
  await press('Delete');
  await page.locator('dialog .view-danger').click();
  await says('There are no pull tokens here yet');
  expect((await extension.simulator.identities()).filter(({ name }) => name === 'firefox')).toEqual([]);

  await press('Sign out');
  await says('Sign in with the browser');
  expect(await inside(() => chrome.storage.session.get())).toEqual({});
});

test('what expires soon is counted', async () => {
  await extension.simulator.seed(['soon'], 3 * 86_400_000);
  page = await extension.open('popup.html');
  await signIn('viewer');
  await expect.poll(() => inside(() => chrome.action.getBadgeText({}))).toBe('1');
  await picture('popup');
});

test('the button is on the console alone, and leads to the organisation in the address', async () => {
  const watcher = await extension.open('options.html');
  page = await extension.browser.newPage();
  await page.goto('https://console.chainguard.dev/org/example/settings/pull-tokens');
  const button = await page.waitForSelector('pulltoken-button');
  const box = await button?.boundingBox();
  await page.screenshot({ path: join(ARTEFACTS, 'firefox-console.png') });
  expect(box?.width).toBeGreaterThan(50);
  await page.evaluate(() => history.pushState(null, '', '/org/example/overview'));
  await page.waitForSelector('pulltoken-button', { hidden: true });
  await page.evaluate(() => history.pushState(null, '', '/org/example/settings/pull-tokens'));
  await page.waitForSelector('pulltoken-button');
  await page.mouse.click((box?.x ?? 0) + 20, (box?.y ?? 0) + 10);
  const popups = () => watcher.evaluate(async () => (await chrome.runtime.getContexts({ contextTypes: ['POPUP'] })).map(({ documentUrl }) => documentUrl));
  await expect.poll(popups).toEqual([expect.stringMatching(/^moz-extension:.*\/popup\.html$/)]);
  // Left for it, and taken.
  await expect.poll(() => watcher.evaluate(() => chrome.storage.session.get('opened'))).toEqual({});
});

test('closing the window ends the sign-in', async () => {
  page = await extension.open('page.html');
  const window = await extension.opened(() => press('Sign in with the browser'));
  await window.waitForSelector('button[value="owner"]');
  await window.close();
  await says('sign_in_refused');
});
