// The check in the built extension, as a person would use it who has no account.
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { POPUP, startExtension, TAB, type Extension } from '../support/browser';
import { netrc, npmrc, pullToken } from '../support/credentials';
import { judge } from '../support/looks';
import { complaintsOf } from './support';

let extension: Extension;
let page: Page;
/** What the page itself complained of: errors, and what its policy refused. */
let complaints: string[];

beforeAll(async () => {
  extension = await startExtension();
});
afterAll(() => extension?.close());

async function open(name: 'popup.html' | 'page.html'): Promise<void> {
  page = await extension.open(name, name === 'popup.html' ? POPUP : TAB);
  complaints = complaintsOf(page);
  await page.getByRole('tab', { name: 'Check' }).click();
}

afterEach(async () => {
  await page.close();
  expect(complaints).toEqual([]);
});

const cards = () => page.getByRole('article');
const result = () => page.getByRole('region', { name: 'Result' });
const pasteFile = (text: string) => page.getByLabel('Content of the file').fill(text);

async function pastePair(username: string, password: string): Promise<void> {
  await page.getByLabel('Username and password').check();
  await page.getByLabel('Username', { exact: true }).fill(username);
  await page.getByLabel('Password', { exact: true }).fill(password);
}

describe('the popup', () => {
  test('says what it is for before anything is pasted', async () => {
    await open('popup.html');
    await result().getByText('as soon as there is something to look at').waitFor();
    await judge(page, 'extension-popup-empty');
  });

  test('reads a .netrc and leaves other services alone', async () => {
    await open('popup.html');
    await pasteFile(netrc(pullToken(100)));
    await cards().getByText('Valid', { exact: true }).waitFor();
    await result().getByText('Read as .netrc').waitFor();
    expect(await cards().count()).toBe(1);
    expect(await cards().innerText()).toMatch(/Pull token[\s\S]*line 5[\s\S]*Expires in 99 days[\s\S]*libraries\.cgr\.dev/);
    expect(await result().innerText()).toContain('git.example');
    await judge(page, 'extension-popup-netrc-valid');
  });

  test('reads an .npmrc whose token has expired', async () => {
    await open('popup.html');
    await pasteFile(npmrc(pullToken(-4)));
    await cards().getByText('Expired', { exact: true }).waitFor();
    await result().getByText('Read as .npmrc').waitFor();
    expect(await cards().innerText()).toMatch(/line 3[\s\S]*Expired 4 days ago/);
    await judge(page, 'extension-popup-npmrc-expired');
  });

  test('reads a pair that ends soon, and never shows the password', async () => {
    await open('popup.html');
    const { username, password } = pullToken(3.5);
    await pastePair(username, password);
    await cards().getByText('Expires soon', { exact: true }).waitFor();
    expect(await cards().innerText()).toContain('Expires in 3 days');
    expect(await result().innerHTML()).not.toContain(password.slice(-40));
    expect(await page.getByLabel('Password', { exact: true }).getAttribute('type')).toBe('password');
    await judge(page, 'extension-popup-pair-expiring');
  });
});

describe('the page', () => {
  test('names what is wrong with a pair that was pasted the wrong way round', async () => {
    await open('page.html');
    const { username, password } = pullToken(20);
    await pastePair(password, username);
    await cards().getByText('Malformed', { exact: true }).waitFor();
    expect(await cards().getByRole('listitem').count()).toBeGreaterThan(0);
    // The token lies in a field that is shown; the result must not repeat it.
    expect(await result().innerHTML()).not.toContain(password.slice(0, 40));
    await judge(page, 'extension-page-pair-swapped');
  });

  test('takes placeholders for what they are', async () => {
    await open('page.html');
    await pasteFile('//libraries.cgr.dev/javascript/:_auth=${CHAINGUARD_JAVASCRIPT_AUTH}\n');
    await cards().getByText('Placeholder', { exact: true }).waitFor();
    expect(await cards().innerText()).toContain('CHAINGUARD_JAVASCRIPT_AUTH');
  });

  test('reads the lines that a shell takes', async () => {
    await open('page.html');
    const { username, password } = pullToken(40);
    await pasteFile(`export CHAINGUARD_JAVASCRIPT_IDENTITY_ID=${username}\nexport CHAINGUARD_JAVASCRIPT_TOKEN=${password}\n`);
    await cards().getByText('Valid', { exact: true }).waitFor();
    expect(await cards().innerText()).toContain(username);
  });

  test('asks what to read a text as when it looks like nothing known', async () => {
    await open('page.html');
    await pasteFile('some words that are no configuration');
    await result().getByText('does not look like a file with credentials').waitFor();
    expect(await cards().count()).toBe(0);
    await page.getByLabel('Read as').selectOption('.npmrc');
    await result().getByText('no username and password').waitFor();
  });

  test('shows several credentials of one file', async () => {
    await open('page.html');
    await pasteFile(`${netrc(pullToken(90))}\nmachine libraries.cgr.dev\nlogin ${pullToken(1).username}\npassword ${pullToken(-30).password}\n`);
    await cards().nth(1).getByText('Expired', { exact: true }).waitFor();
    expect(await cards().count()).toBe(2);
    await judge(page, 'extension-page-netrc-two');
  });

  test('forgets what is cleared', async () => {
    await open('page.html');
    await pasteFile(netrc(pullToken(100)));
    await cards().waitFor();
    await page.getByRole('button', { name: 'Clear' }).click();
    await result().getByText('as soon as there is something to look at').waitFor();
    expect(await page.getByLabel('Content of the file').inputValue()).toBe('');
  });
});

test('nothing is asked of any network', async () => {
  await open('page.html');
  await pasteFile(npmrc(pullToken(40)));
  await cards().waitFor();
  // It does see requests: the module itself is one.
  expect(extension.requests.some((url) => url.endsWith('.wasm'))).toBe(true);
  expect(extension.requests.filter((url) => !url.startsWith(extension.root))).toEqual([]);
});
