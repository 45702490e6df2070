// The ways into a session, and how they can end.
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { POPUP, startExtension, type Extension } from '../support/browser';
import { judge } from '../support/looks';
import { authWindow, listed, pasteSession, signInWithBrowser, startOver } from './support';

let extension: Extension;
let page: Page;

beforeAll(async () => {
  extension = await startExtension('--device-interval', '1');
});
afterAll(() => extension?.close());
beforeEach(async () => {
  page = await extension.open('page.html');
});
afterEach(() => startOver(extension));

const stored = async () => (await extension.background()).evaluate(() => chrome.storage.session.get('session'));
const onDisk = async () => JSON.stringify(await (await extension.background()).evaluate(() => chrome.storage.local.get()));

describe('with the browser', () => {
  test('a session comes back, to every window and to no disk', async () => {
    const popup = await extension.open('popup.html', POPUP);
    await page.bringToFront();
    await signInWithBrowser(extension, page, 'owner');
    await listed(page);
    await listed(popup);
    expect(await stored()).toMatchObject({ session: { api: 'https://console-api.enforce.dev', refreshToken: expect.any(String) } });
    expect(await onDisk()).not.toContain('eyJ');
  });

  test('works with the keyboard alone', async () => {
    const button = page.getByRole('button', { name: 'Sign in with the browser' });
    await expect.poll(() => button.evaluate((element) => element === document.activeElement)).toBe(true);
    const window = authWindow(extension);
    await page.keyboard.press('Enter');
    const opened = await window;
    await opened.keyboard.press('Tab');
    await opened.keyboard.press('Enter');
    await listed(page);
    // What had the focus is gone; the next key finds what has taken its place.
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('INPUT');
  });

  test('whoever denies it is told, and can begin again', async () => {
    const window = authWindow(extension);
    await page.getByRole('button', { name: 'Sign in with the browser' }).click();
    await (await window).getByRole('button', { name: 'Deny' }).click();
    await page.getByRole('alert').getByText('sign_in_refused').waitFor();
    await page.getByRole('alert').getByText('access_denied').waitFor();
    await page.getByRole('alert').getByText('Sign in again, or choose another way').waitFor();
    await judge(page, 'extension-denied');
    expect(await stored()).toEqual({});
    await signInWithBrowser(extension, page, 'viewer');
    await listed(page);
  });

  test('a window that is closed ends it', async () => {
    const window = authWindow(extension);
    await page.getByRole('button', { name: 'Sign in with the browser' }).click();
    await (await window).getByRole('button', { name: 'Deny' }).waitFor();
    await judge(page, 'extension-signing-in');
    await (await window).close();
    await page.getByRole('alert').getByText('the window closed', { exact: false }).waitFor();
  });

  test('what is stopped here gives no session, whatever happens in the window', async () => {
    const window = authWindow(extension);
    await page.getByRole('button', { name: 'Sign in with the browser' }).click();
    const allow = (await window).getByRole('button', { name: 'Sign in as owner' });
    await allow.waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Sign in with the browser' }).waitFor();
    await allow.click();
    await expect.poll(() => extension.context.pages().length).toBe(2);
    expect(await stored()).toEqual({});
  });

  test('a session for another audience is refused', async () => {
    // A page that wants somebody to work in its own session, and has another one at hand.
    const window = authWindow(extension);
    await page.getByRole('button', { name: 'Sign in with the browser' }).click();
    const opened = await window;
    const back = new URL(new URL(opened.url()).searchParams.get('redirect') ?? '');
    back.search = new URLSearchParams({ token: extension.simulator.facts.tokens['viewer'] ?? '' }).toString();
    await opened.evaluate((url) => location.assign(url), back.href).catch(() => {});
    await page.getByRole('alert').getByText('sign_in_refused').waitFor();
    expect(await stored()).toEqual({});
  });
});

test('a session that is pasted is asked about first', async () => {
  await pasteSession(page, 'not.a.token');
  await page.getByRole('alert').waitFor();
  expect(await stored()).toEqual({});
  await page.getByLabel('Session', { exact: true }).fill(extension.simulator.facts.tokens['expired'] ?? '');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('alert').getByText('session_expired').waitFor();
  await page.getByLabel('Session', { exact: true }).fill(` ${extension.simulator.facts.tokens['viewer']}\n`);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await listed(page);
});

test('a session about to end is renewed once, for all windows', async () => {
  await signInWithBrowser(extension, page, 'owner');
  await listed(page);
  const others = [await extension.open('page.html'), await extension.open('popup.html', POPUP)];
  await Promise.all(others.map(listed));
  const background = await extension.background();
  await extension.simulator.forget();
  // Nobody gets a new session before everybody has found the old one about to end.
  extension.gateway.hold();
  await background.evaluate(async () => {
    const { session } = await chrome.storage.session.get<{ session: { expiresAt: number } }>('session');
    await chrome.storage.session.set({ session: { ...session, expiresAt: Date.now() + 5_000 } });
  });
  const windows = [page, ...others];
  await Promise.all(windows.map((window) => window.getByRole('button', { name: 'Reload' }).click()));
  const turns = () => page.evaluate(async () => {
    const { held = [], pending = [] } = await navigator.locks.query();
    return held.length + pending.length;
  });
  // The background counts, too.
  await expect.poll(turns).toBe(windows.length + 1);
  extension.gateway.release();
  await expect.poll(async () => (await extension.simulator.requests()).filter(({ path }) => path.startsWith('/iam/v2/identities')).length).toBeGreaterThanOrEqual(3);
  await Promise.all(windows.map(listed));
  const renewals = (await extension.simulator.requests()).filter(({ path }) => path === '/sts/exchange_refresh_token');
  expect(renewals.map(({ status }) => status)).toEqual([200]);
});

describe('by code', () => {
  test('is offered where the settings name a provider, and asks for its host then', async () => {
    const background = await extension.background();
    // The issuer is a provider of codes itself, and permitted already.
    await background.evaluate(() => chrome.storage.local.set({ settings: { device: { provider: 'https://issuer.enforce.dev', clientId: 'pulltoken' } } }));
    page = await extension.open('page.html');
    await page.getByRole('button', { name: 'Sign in with a code' }).click();
    const link = page.getByRole('link', { name: 'Open the page' });
    await link.waitFor();
    await judge(page, 'extension-code');
    const opened = extension.context.waitForEvent('page');
    await link.click();
    const provider = await opened;
    await provider.getByRole('button', { name: 'Sign in as owner' }).click();
    await listed(page);
    expect(await stored()).toMatchObject({ session: { refreshToken: expect.any(String) } });
  });

  test('a popup leads to a page that stays', async () => {
    const background = await extension.background();
    await background.evaluate(() => chrome.storage.local.set({ settings: { device: { provider: 'https://issuer.enforce.dev', clientId: 'pulltoken' } } }));
    const popup = await extension.open('popup.html', POPUP);
    const opened = extension.context.waitForEvent('page');
    await popup.getByRole('button', { name: 'Sign in with a code' }).click();
    await (await opened).getByRole('button', { name: 'Sign in with a code' }).waitFor();
  });
});
