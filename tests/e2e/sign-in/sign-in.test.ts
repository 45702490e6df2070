// Every way in that a person has, in a real browser, at the pages of a certified OpenID provider.
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';

import { Person } from './command';
import { agree, deny, open, startBrowser } from './person';
import { type Platform, start } from './provider';

let platform: Platform;
let browser: Browser;
let person: Person;

beforeAll(async () => {
  [platform, browser] = await Promise.all([start(), startBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await platform?.stop();
});
beforeEach(async () => {
  person = await Person.at(platform.simulator);
});
afterEach(() => person.leave());

const isSignedIn = async (): Promise<void> => {
  const { code, out, err } = await person.run('status').ended;
  expect([code, err]).toStrictEqual([0, '']);
  expect(out).toMatch(/^Valid! Id: [0-9a-f]{40}/m);
  expect(out).toContain('example: can pull java, python, javascript');
};

const isSignedOut = async (): Promise<void> => {
  const { code, err } = await person.run('status').ended;
  expect(code).toBe(3);
  expect(err).toContain('not_signed_in');
};

test('a browser on this machine', async () => {
  const login = person.run('login');
  const link = await person.sent();
  // The nonce is not in any process's arguments.
  expect(link).toMatch(/^http:\/\/localhost:\d+\/start$/);
  const page = await open(browser, link);
  await agree(page, 'owner', 'Signed in');
  // The address that held the token was left at once.
  expect(page.url()).toBe(link.replace('/start', '/'));
  const { code, out } = await login.ended;
  expect([code, out]).toStrictEqual([0, expect.stringContaining('Successfully exchanged token.')]);
  await isSignedIn();
  const token = await person.run('token').ended;
  expect(token.out).toMatch(/^eyJ/);
  expect(await (await fetch(`${platform.simulator.facts.api}/auth/v1/ok`, { headers: { authorization: `Bearer ${token.out.trim()}` } })).status).toBe(200);
});

test('somebody who turns back', async () => {
  const login = person.run('login');
  const page = await open(browser, await person.sent());
  await deny(page);
  await page.getByRole('heading', { name: 'Not signed in' }).waitFor();
  const { code, err } = await login.ended;
  expect(code).toBe(3);
  expect(err).toContain('access_denied');
  await isSignedOut();
});

test('a browser on another machine', async () => {
  const login = person.run('login', '--headless');
  const page = await open(browser, await login.says(/^\s*(http\S+\/oauth\?headless_code=\S+)$/m));
  await agree(page, 'owner', 'Signed in');
  expect((await login.ended).code).toBe(0);
  await isSignedIn();
});

test('a code typed in on the provider\'s own page', async () => {
  const login = person.run('login', '--device');
  const code = await login.says(/Enter the code (\S+) at/);
  const page = await open(browser, await login.says(/Enter the code \S+ at (\S+)/));
  await page.getByRole('textbox').fill(code);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByText('The following code should be displayed on your device').waitFor();
  await agree(page, 'owner', 'Sign-in Success');
  expect((await login.ended).code).toBe(0);
  await isSignedIn();
});

test('a code that is denied', async () => {
  const login = person.run('login', '--device');
  const page = await open(browser, await login.says(/or open (\S+)/));
  await page.getByRole('button', { name: 'Abort' }).click();
  const { code, err } = await login.ended;
  expect(code).toBe(3);
  expect(err).toContain('denied');
  await isSignedOut();
});
