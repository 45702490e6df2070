// What the views say when something is missing or goes wrong.
import { beforeAll, expect, test } from 'vitest';
import { hold } from './support/hold';
import { judge } from './support/looks';
import { addOrganization, addTokens } from './support/seed';
import type { Given } from './support/trial';
import { open, page, simulator, startViews } from './support/views';

startViews();
beforeAll(() => addTokens(simulator, { name: 'some', count: 3, roles: ['libraries.java.pull'] }));

/** The first organisation, as somebody sees it. */
const openAs = (who: string, more: Partial<Given> = {}) => open({ who, organization: simulator.facts.organization.id, ...more });

const alert = () => page.getByRole('alert');
const list = () => page.getByRole('grid').waitFor();

test('nobody is signed in', async () => {
  await open({ token: undefined });
  await page.getByText('Sign in to see this.').waitFor();
  await judge(page, 'views-signed-out');
});

test('a session that has ended leads to signing in again', async () => {
  await openAs('expired');
  await alert().getByRole('button', { name: 'Sign in again' }).waitFor();
  await judge(page, 'views-expired-session');
  await alert().getByRole('button', { name: 'Sign in again' }).click();
  await page.getByText('Sign in to see this.').waitFor();
});

test('401 in the middle', async () => {
  await openAs('owner');
  await list();
  await simulator.fault({ method: 'GET', path: '/iam/', action: { status: { status: 401, code: 16, message: 'the session was revoked' } } });
  await page.getByRole('button', { name: 'Reload' }).click();
  await alert().getByText('the session was revoked').waitFor();
  expect(await alert().innerText()).toContain('unauthenticated');
  expect(await alert().getByRole('button', { name: 'Sign in again' }).isVisible()).toBe(true);
  // What was read before stays in sight.
  expect(await page.locator('.view-length [role=row]').count()).toBe(3);
  await judge(page, 'views-401');
});

test('403 says so, and offers no second try', async () => {
  await openAs('owner');
  await list();
  await simulator.fault({ method: 'GET', path: '/iam/', action: { status: { status: 403, code: 7, message: 'not for you' } } });
  await page.getByRole('button', { name: 'Reload' }).click();
  await alert().getByText('not for you').waitFor();
  expect(await alert().innerText()).toContain('permission_denied');
  expect(await alert().getByRole('button').count()).toBe(0);
  await judge(page, 'views-403');
});

test('429 can be tried again', async () => {
  await openAs('owner');
  await list();
  await simulator.fault({ method: 'GET', path: '/iam/', action: { retryAfter: { status: 429, seconds: 3_600 } } });
  await page.getByRole('button', { name: 'Reload' }).click();
  await alert().getByText('rate_limited').waitFor();
  await judge(page, 'views-429');
  await simulator.mend();
  await alert().getByRole('button', { name: 'Try again' }).click();
  await alert().waitFor({ state: 'detached' });
  await page.getByText('3 of 3 pull tokens').waitFor();
});

test('offline, and back again without a click', async () => {
  await openAs('owner');
  await list();
  await page.context().setOffline(true);
  await page.getByRole('button', { name: 'Reload' }).click();
  await alert().getByText('This machine is offline').waitFor();
  await judge(page, 'views-offline');
  await page.context().setOffline(false);
  await alert().waitFor({ state: 'detached' });
  await page.getByText('3 of 3 pull tokens').waitFor();
});

test('a slow answer is waited for in words', async () => {
  await openAs('owner');
  await list();
  const release = await hold(page.context(), '**/iam/**');
  await page.getByRole('button', { name: 'Reload' }).click();
  await page.getByRole('status').filter({ hasText: 'One moment…' }).waitFor();
  expect(await page.getByRole('grid').getAttribute('aria-busy')).toBe('true');
  expect(await page.getByRole('button', { name: 'Reload' }).isDisabled()).toBe(true);
  release();
  await page.getByText('3 of 3 pull tokens').waitFor();
});

test('what is left behind is asked no more', async () => {
  await openAs('owner');
  await list();
  await simulator.fault({ method: 'GET', path: '/iam/', action: 'hang' });
  await page.getByRole('button', { name: 'Reload' }).click();
  const given = page.waitForEvent('requestfailed', (request) => request.url().includes('/iam/'));
  await page.getByRole('tab', { name: 'Check' }).click();
  await given;
});

test('an organisation without tokens', async () => {
  const id = await addOrganization(simulator, 'empty');
  await openAs('owner', { organization: id });
  await page.getByText('There are no pull tokens here yet.').waitFor();
  await judge(page, 'views-empty');
  await page.getByRole('tab', { name: 'Entitlements' }).click();
  await page.getByText('No entitlement of this organisation').waitFor();
});

test('who may not list is told so', async () => {
  await openAs('libraries.java.pull_token_creator');
  await page.getByText('This session may not list', { exact: false }).waitFor();
  expect(await page.getByText('There are no pull tokens').count()).toBe(0);
  await judge(page, 'views-narrowed');
});

test('who may not delete is told who can', async () => {
  await openAs('viewer');
  await list();
  await page.getByRole('row').filter({ hasText: 'some 1' }).click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await alert().getByText('capability_missing').waitFor();
  await judge(page, 'views-delete-refused');
});

test('entitlements: what there is, what is missing, and who can grant it', async () => {
  await openAs('owner', { start: 'entitlements' });
  await page.getByRole('rowheader', { name: 'JavaScript' }).waitFor();
  expect(await page.getByRole('row').nth(1).innerText()).toMatch(/Built by Chainguard[\s\S]*7 days/);
  await page.getByText('The organisation is not entitled to .NET, Go').waitFor();
  await page.getByText('As an owner you can add them').waitFor();
  await page.getByText('You can make pull tokens for Java, Python, and JavaScript.').waitFor();
  await judge(page, 'views-entitlements');
});

test('entitlements of somebody who may make tokens for one of them alone', async () => {
  await openAs('libraries.java.pull_token_creator', { start: 'entitlements' });
  await page.getByText('This session may not make pull tokens for Python and JavaScript.').waitFor();
  await page.getByText('libraries.python.pull_token_creator and libraries.javascript.pull_token_creator').waitFor();
  await page.getByText('An owner of the organisation can add them').waitFor();
  await judge(page, 'views-entitlements-creator');
});
