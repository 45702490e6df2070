// What the tests of the extension do again and again.
/// <reference types="chrome" />
import type { Page, Worker } from 'playwright-core';
import type { Extension } from '../support/browser';

/** Signs in by pasting a session of one of the simulator's people. */
export async function pasteSession(page: Page, token: string): Promise<void> {
  await page.getByText('Paste a session instead').click();
  await page.getByLabel('Session', { exact: true }).fill(token);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** The window of the browser's that is opened next. */
export async function authWindow({ context }: Extension): Promise<Page> {
  const window = await context.waitForEvent('page');
  await window.waitForLoadState();
  return window;
}

/** Signs in at the simulator's page. */
export async function signInWithBrowser(extension: Extension, page: Page, who: string): Promise<void> {
  const window = authWindow(extension);
  await page.getByRole('button', { name: 'Sign in with the browser' }).click();
  await (await window).getByRole('button', { name: `Sign in as ${who}`, exact: true }).click();
}

/** A page of the extension, signed in as somebody, with its list. */
export async function signedIn({ open, simulator }: Extension, who = 'owner'): Promise<Page> {
  const page = await open('page.html');
  await pasteSession(page, simulator.facts.tokens[who] ?? '');
  await listed(page);
  return page;
}

/** Leaves the extension as it was installed, and one empty page. */
export async function startOver({ background, context, gateway, simulator }: Extension): Promise<void> {
  gateway.plug();
  gateway.release();
  await simulator.mend();
  await context.setOffline(false);
  await (await background()).evaluate(async () => {
    await Promise.all([chrome.storage.session.clear(), chrome.storage.local.clear()]);
    for (const id of Object.keys((await chrome.notifications.getAll()) as object)) await chrome.notifications.clear(id);
  });
  await Promise.all(context.pages().slice(1).map((page) => page.close()));
}

/** Waits for a list, with something in it or not. */
export async function listed(page: Page): Promise<void> {
  await page.getByText(/\d of \d+ pull tokens?/).waitFor();
}

/** Whatever a page complains of: errors of its own, and what its policy refused. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  return complaints;
}

/** Ends the background, as the browser does after half a minute without an event. */
export async function killBackground({ context }: Extension, page: Page): Promise<void> {
  const session = await context.newCDPSession(page);
  const stopped = new Promise<void>((resolve) => {
    session.on('ServiceWorker.workerVersionUpdated', ({ versions }) => {
      if (versions.some(({ runningStatus }) => runningStatus === 'stopped')) resolve();
    });
  });
  await session.send('ServiceWorker.enable');
  await session.send('ServiceWorker.stopAllWorkers');
  await stopped;
  await session.detach();
}

/** Makes a pull token, and copies the password of it. */
export async function copyPassword(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Create pull token' }).click();
  const form = page.getByRole('dialog', { name: 'Create pull token' });
  await form.getByLabel('JavaScript', { exact: true }).check();
  await form.getByRole('button', { name: 'Create pull token' }).click();
  await page.getByRole('button', { name: 'Copy: Password' }).click();
  await page.getByRole('status').getByText('Copied: Password').waitFor();
}

/** What the toolbar shows beside the button. */
export function badge(background: Worker): Promise<string> {
  return background.evaluate(() => chrome.action.getBadgeText({}));
}

/** Wakes the background as an alarm does whose time has come. */
export async function fireAlarm(background: Worker, name: 'look' | 'clipboard'): Promise<void> {
  const rest = name === 'look' ? { periodInMinutes: 60 } : {};
  await background.evaluate(([alarm, more]) => chrome.alarms.create(alarm, { when: Date.now(), ...more }), [name, rest] as const);
}

/** What lies on the clipboard. */
export async function clipboard(page: Page): Promise<string> {
  await page.bringToFront();
  return page.evaluate(() => navigator.clipboard.readText());
}
