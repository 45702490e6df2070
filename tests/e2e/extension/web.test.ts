// The same views as an ordinary page, which `cargo xtask demo --web` serves.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { Simulator } from '../../parity/simulator.ts';
import { EXECUTABLE, FLAGS } from '../support/browser';
import { hold } from '../support/hold';
import { judge } from '../support/looks';
import { complaintsOf, copyPassword, listed, pasteSession } from './support';

let simulator: Simulator;
let browser: Browser;
let address: string;
let stop: () => void;
let context: BrowserContext;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  simulator = await Simulator.start('--cors');
  const { api, issuer, registry } = simulator.facts;
  const script = join(import.meta.dirname, '../../../web-demo/scripts/serve.mjs');
  const server = spawn(process.execPath, [script, JSON.stringify({ api, issuer, registry })], { stdio: ['pipe', 'pipe', 'inherit'] });
  stop = () => server.stdin.end();
  const ended = once(server, 'exit').then(() => Promise.reject(new Error('the page is not served')));
  [address] = (await Promise.race([once(createInterface(server.stdout), 'line'), ended])) as [string];
  ended.catch(() => {});
  browser = await chromium.launch({ executablePath: EXECUTABLE, headless: true, args: FLAGS });
});
afterAll(async () => {
  await browser?.close();
  stop?.();
  await simulator?.stop();
});
beforeEach(async () => {
  context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
  context.setDefaultTimeout(20_000);
  page = await context.newPage();
  complaints = complaintsOf(page);
  await page.goto(address);
});
afterEach(async () => {
  await context.close();
  expect(complaints).toEqual([]);
});

async function signIn(who: string): Promise<void> {
  const window = context.waitForEvent('page');
  await page.getByRole('button', { name: 'Sign in with the browser' }).click();
  await (await window).getByRole('button', { name: who, exact: true }).click();
}

test('sign in, create, copy, sign out', async () => {
  await signIn('Sign in as owner');
  await listed(page);
  // The window is gone, and nothing of its answer is in an address.
  expect(context.pages().map((one) => one.url())).toEqual([address]);
  await copyPassword(page);
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^eyJ/);
  await page.getByRole('button', { name: 'Done' }).click();
  await judge(page, 'extension-web');

  await page.reload();
  await listed(page);
  const other = await context.newPage();
  await other.goto(address);
  // A session is the tab's own.
  await other.getByRole('button', { name: 'Sign in with the browser' }).waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in with the browser' }).waitFor();
  expect(await page.evaluate(() => sessionStorage.getItem('pulltoken.session'))).toBeNull();
});

test('a copied password is taken off the clipboard after a minute', async () => {
  await page.clock.install();
  await pasteSession(page, simulator.facts.tokens['owner'] ?? '');
  await copyPassword(page);
  const board = () => page.evaluate(() => navigator.clipboard.readText());
  await page.clock.fastForward(59_000);
  expect(await board()).toMatch(/^eyJ/);
  await page.clock.fastForward(2_000);
  await expect.poll(board).toBe('');
});

test('an address that is none is answered like any other that is not there', async () => {
  expect((await fetch(`${address}/`)).status).toBe(404);
  expect((await fetch(`${address}?x=1`)).status).toBe(200);
});

test('who denies it is told', async () => {
  await signIn('Deny');
  await page.getByRole('alert').getByText('sign_in_refused').waitFor();
});

test('who closes the window can begin again', async () => {
  const window = context.waitForEvent('page');
  await page.getByRole('button', { name: 'Sign in with the browser' }).click();
  await (await window).getByRole('button', { name: 'Deny' }).waitFor();
  await (await window).close();
  await page.getByRole('button', { name: 'Sign in with the browser' }).waitFor();
  await signIn('Sign in as viewer');
  await listed(page);
});

test('what is stopped before the window has gone anywhere gives no session', async () => {
  // The way to the issuer needs the module, which takes its time.
  const release = await hold(context, '**/*.wasm');
  await page.reload();
  const opened = context.waitForEvent('page');
  await page.getByRole('button', { name: 'Sign in with the browser' }).click();
  const closed = (await opened).waitForEvent('close');
  await page.getByRole('button', { name: 'Cancel' }).click();
  release();
  await closed;
  await page.getByRole('button', { name: 'Sign in with the browser' }).waitFor();
  expect(await page.evaluate(() => sessionStorage.getItem('pulltoken.session'))).toBeNull();
});
