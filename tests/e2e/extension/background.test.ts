// What happens while no page of the extension is open: counting, announcing, the clipboard, and the console's button.
import type { Page, Worker } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startExtension, type Extension } from '../support/browser';
import { addOrganization } from '../support/seed';
import { badge, clipboard, copyPassword, fireAlarm, killBackground, listed, signedIn, startOver } from './support';

const DAY = 86_400_000;
const CONSOLE = 'https://console.chainguard.dev';

let extension: Extension;
let background: Worker;

beforeAll(async () => {
  extension = await startExtension();
});
afterAll(() => extension?.close());
beforeEach(async () => {
  background = await extension.background();
});
afterEach(async () => {
  for (const { id } of await extension.simulator.identities()) await remove(id);
  await startOver(extension);
});

/** Deletes an identity past every client. */
async function remove(id: string): Promise<void> {
  const { api, tokens } = extension.simulator.facts;
  await fetch(`${api}/iam/v1/identities/${id}`, { method: 'DELETE', headers: { authorization: `Bearer ${tokens['owner']}` } });
}

const announced = () => background.evaluate(async () => Object.keys((await chrome.notifications.getAll()) as object));

describe('tokens that expire soon', () => {
  test('are counted, and announced once each', async () => {
    const [first] = await extension.simulator.seed(['first'], 3 * DAY);
    await extension.simulator.seed(['far away'], 100 * DAY);
    await signedIn(extension);
    await expect.poll(() => badge(background)).toBe('1');
    await expect.poll(announced).toEqual([`expiring:${first}`]);

    await background.evaluate((id) => chrome.notifications.clear(id), `expiring:${first}`);
    const [second] = await extension.simulator.seed(['second'], 5 * DAY);
    await fireAlarm(background, 'look');
    await expect.poll(() => badge(background)).toBe('2');
    await expect.poll(announced).toEqual([`expiring:${second}`]);
  });

  test('are announced once although the background was ended between', async () => {
    const [id] = await extension.simulator.seed(['first'], 3 * DAY);
    const page = await signedIn(extension);
    await expect.poll(announced).toEqual([`expiring:${id}`]);
    await background.evaluate((name) => chrome.notifications.clear(name), `expiring:${id}`);
    await killBackground(extension, page);
    await extension.simulator.seed(['second'], 5 * DAY);
    // A message wakes it, as an alarm would.
    await page.evaluate(() => chrome.alarms.create('look', { when: Date.now(), periodInMinutes: 60 }));
    background = await extension.background();
    await expect.poll(() => badge(background)).toBe('2');
    expect(await announced()).not.toContain(`expiring:${id}`);
  });

  test('are not announced where nobody wants that', async () => {
    await background.evaluate(() => chrome.storage.local.set({ settings: { notify: false, expiringDays: 2 } }));
    await extension.simulator.seed(['first'], 3 * DAY);
    await extension.simulator.seed(['second'], DAY);
    await signedIn(extension);
    await expect.poll(() => badge(background)).toBe('1');
    // Written down before anything is announced.
    await expect.poll(() => background.evaluate(() => chrome.storage.local.get('announced'))).toEqual({ announced: {} });
    expect(await announced()).toEqual([]);
  });

  test('are looked for by an alarm, and by nothing that runs on', async () => {
    const alarms = await background.evaluate(() => chrome.alarms.getAll());
    expect(alarms).toEqual([expect.objectContaining({ name: 'look', periodInMinutes: 60 })]);
  });
});

describe('the clipboard', () => {
  let page: Page;
  beforeEach(async () => {
    page = await signedIn(extension);
    await copyPassword(page);
  });

  test('is emptied a minute after a password was copied, with every window closed', async () => {
    const { scheduledTime = 0 } = (await background.evaluate(() => chrome.alarms.get('clipboard'))) ?? {};
    expect(Math.abs(scheduledTime - Date.now() - 60_000)).toBeLessThan(10_000);
    expect(await clipboard(page)).toMatch(/^eyJ/);
    // What is remembered of it cannot be read back.
    expect(JSON.stringify(await background.evaluate(() => chrome.storage.session.get('copied')))).not.toContain('eyJ');
    await page.close();
    await fireAlarm(background, 'clipboard');
    const other = await extension.open('options.html');
    await expect.poll(() => clipboard(other)).toBe('');
    expect(await background.evaluate(() => chrome.runtime.getContexts({ contextTypes: ['OFFSCREEN_DOCUMENT'] }))).toEqual([]);
  });

  test('keeps what somebody copied meanwhile', async () => {
    await page.bringToFront();
    await page.evaluate(() => navigator.clipboard.writeText('a shopping list'));
    await fireAlarm(background, 'clipboard');
    await expect.poll(() => background.evaluate(() => chrome.storage.session.get('copied'))).toEqual({});
    await expect.poll(() => background.evaluate(() => chrome.runtime.getContexts({ contextTypes: ['OFFSCREEN_DOCUMENT'] }))).toEqual([]);
    expect(await clipboard(page)).toBe('a shopping list');
  });

  test('is emptied by signing out', async () => {
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await expect.poll(() => clipboard(page)).toBe('');
  });
});

describe('the button on the console', () => {
  const button = (page: Page) => page.locator('pulltoken-button');
  const open = async (path: string): Promise<Page> => {
    const page = await extension.context.newPage();
    await page.goto(CONSOLE + path);
    return page;
  };

  test('opens the popup for the organisation in the address', async () => {
    const page = await open('/org/example/settings/pull-tokens');
    await button(page).click();
    const popups = () => background.evaluate(async () => (await chrome.runtime.getContexts({ contextTypes: ['POPUP'] })).map(({ documentUrl }) => documentUrl));
    await expect.poll(popups).toEqual([`${extension.root}popup.html`]);
  });

  test('leads to a tab where the browser opens no popup, and to that organisation among several', async () => {
    await addOrganization(extension.simulator, 'zebra', ['JAVASCRIPT']);
    await signedIn(extension);
    // As it is without a window in front.
    await background.evaluate(() => {
      const { openPopup } = chrome.action;
      chrome.action.openPopup = () => {
        chrome.action.openPopup = openPopup;
        return Promise.reject(new Error('no active window'));
      };
    });
    const page = await open('/org/zebra/settings/pull-tokens');
    const opened = extension.context.waitForEvent('page');
    await button(page).click();
    const tab = await opened;
    await listed(tab);
    expect(await tab.getByLabel('Organisation').evaluate((select) => (select as HTMLSelectElement).selectedOptions[0]?.text)).toBe('zebra');
  });

  test('comes and goes with the address, and is on no other page', async () => {
    const page = await open('/org/example/settings/pull-tokens');
    await button(page).waitFor();
    await page.evaluate(() => history.pushState(null, '', '/org/example/overview'));
    await button(page).waitFor({ state: 'detached' });
    await page.evaluate(() => history.pushState(null, '', '/org/other/settings/pull-tokens'));
    await button(page).waitFor();
    const issuer = await extension.context.newPage();
    await issuer.goto('https://issuer.enforce.dev/org/example/settings/pull-tokens');
    expect(await button(issuer).count()).toBe(0);
  });

  test('cannot be pressed or read by the page', async () => {
    const page = await open('/org/example/settings/pull-tokens');
    await button(page).waitFor();
    const seen = await page.evaluate(() => {
      const host = document.querySelector('pulltoken-button');
      host?.dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true }));
      return { root: host?.shadowRoot ?? null, html: host?.outerHTML, runtime: (globalThis as { chrome?: { runtime?: unknown } }).chrome?.runtime ?? null };
    });
    expect(seen).toEqual({ root: null, html: '<pulltoken-button dir="ltr" lang="en"></pulltoken-button>', runtime: null });
    expect(await background.evaluate(() => chrome.runtime.getContexts({ contextTypes: ['POPUP'] }))).toEqual([]);
  });

  test('stands in a world without secrets, which cannot ask for one', async () => {
    await signedIn(extension);
    const page = await open('/org/example/settings/pull-tokens');
    await button(page).waitFor();
    const session = await extension.context.newCDPSession(page);
    const own = new Promise<number>((resolve) => {
      session.on('Runtime.executionContextCreated', ({ context }) => {
        if (context.origin === extension.root.slice(0, -1)) resolve(context.id);
      });
    });
    await session.send('Runtime.enable');
    const contextId = await own;
    const inside = async (expression: string): Promise<unknown> => {
      const { result, exceptionDetails } = await session.send('Runtime.evaluate', { contextId, expression, awaitPromise: true, returnByValue: true });
      return exceptionDetails?.exception?.description ?? result.value;
    };
    expect(await inside('chrome.runtime.id')).toBe(new URL(extension.root).host);
    expect(await inside('chrome.storage.session.get()')).toMatch(/not allowed/);
    // On disk there is nothing secret to be had.
    expect(JSON.stringify(await inside('chrome.storage.local.get()'))).not.toContain('eyJ');
    for (const kind of ['session', 'sign-in', 'sign-out', 'open']) {
      // It comes back at once, without an answer: nobody is waiting for a person to sign in.
      expect(await inside(`chrome.runtime.sendMessage({ kind: '${kind}' }).catch(() => undefined)`)).toBeUndefined();
    }
    // Signing out was not done either.
    expect(await background.evaluate(() => chrome.storage.session.get('session'))).toHaveProperty('session');
  });
});
