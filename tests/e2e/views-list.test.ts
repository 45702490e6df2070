// The list of pull tokens and what is done with a token, in a real browser against the simulator.
import { expect, test } from 'vitest';
import { judge } from './support/looks';
import { addOrganization, addTokens } from './support/seed';
import { open, opened, page, simulator, startViews } from './support/views';

const DAY = 86_400;

startViews();

/** Each test has an organisation of its own. */
async function organization(name: string, entitlements: string[] = []): Promise<string> {
  return addOrganization(simulator, name, entitlements);
}

const rows = () => page.locator('.view-length [role=row]');
const row = (name: string) => page.getByRole('row').filter({ has: page.getByText(name, { exact: true }) });
const names = () => page.locator('.view-length .view-name bdi').allInnerTexts();
const shown = (text: string) => page.getByRole('status').filter({ hasText: text }).waitFor();
const button = (name: string) => page.getByRole('dialog').getByRole('button', { name, exact: true });
const dialog = (name: string) => page.getByRole('dialog', { name });
const rolesOf = async (id: string) => (await simulator.identities()).find((one) => one.id === id)?.roles;

test('the list is as the console has it, and can be ordered and filtered', async () => {
  const id = await organization('to be listed');
  await addTokens(simulator, { name: 'ci', organization: id, roles: ['libraries.javascript.pull'], expiresIn: 250 * DAY, createdAgo: 60 * DAY });
  await addTokens(simulator, { name: 'old', organization: id, roles: ['libraries.java.pull'], expiresIn: -4 * DAY - 60, description: 'of last year' });
  await addTokens(simulator, { name: 'soon', organization: id, roles: ['libraries.python.pull', 'registry.pull'], expiresIn: 3.5 * DAY, createdAgo: DAY + 60 });
  await open({ organization: id });
  await shown('3 of 3 pull tokens');
  expect(await row('ci').innerText()).toMatch(/60 days ago[\s\S]*in 8 months[\s\S]*libraries\.javascript\.pull/);
  expect(await row('old').innerText()).toMatch(/Expired[\s\S]*of last year[\s\S]*4 days ago[\s\S]*libraries\.java\.pull/);
  expect(await row('soon').innerText()).toMatch(/24 hours ago|25 hours ago/);
  expect(await row('soon').innerText()).not.toContain('Expired');
  expect(await names()).toEqual(['soon', 'old', 'ci']);
  expect(await page.getByRole('grid').getAttribute('aria-rowcount')).toBe('4');
  await judge(page, 'views-list');

  const head = (name: string) => page.getByRole('columnheader', { name });
  await head('Expiration').getByRole('button').click();
  expect(await names()).toEqual(['old', 'soon', 'ci']);
  expect(await head('Expiration').getAttribute('aria-sort')).toBe('ascending');
  await head('Expiration').getByRole('button').click();
  expect(await names()).toEqual(['ci', 'soon', 'old']);
  expect(await head('Expiration').getAttribute('aria-sort')).toBe('descending');

  await page.getByLabel('State').selectOption({ label: 'Expired (1)' });
  await shown('1 of 3');
  expect(await names()).toEqual(['old']);
  await page.getByLabel('State').selectOption({ label: 'Expires soon (1)' });
  expect(await names()).toEqual(['soon']);
  await page.getByLabel('Ecosystem').selectOption('Java');
  await page.getByText('No pull token fits').waitFor();
  await page.getByRole('button', { name: 'Clear the filters' }).click();
  await page.getByLabel('Filter by text').fill('LAST year');
  await shown('1 of 3');
  expect(await names()).toEqual(['old']);
});

test('name and description are edited, and what is wrong is said with its position', async () => {
  const id = await organization('to be edited');
  await addTokens(simulator, { name: 'before', organization: id });
  await open({ organization: id });
  await row('before').click();
  await button('Edit').click();
  const name = dialog('Edit').getByLabel('Name', { exact: true });
  await name.fill('after/all');
  await dialog('Edit').getByText('at position 6').waitFor();
  expect(await name.getAttribute('aria-invalid')).toBe('true');
  expect(await button('Save').isDisabled()).toBe(true);
  await judge(page, 'views-edit');
  await name.fill('after');
  await dialog('Edit').getByLabel('Description').fill('for the new build');
  await button('Save').click();
  await dialog('after').getByText('for the new build').waitFor();
  await button('Close').click();
  expect(await names()).toEqual(['after']);
  const listed = (await simulator.identities()).filter(({ name: one }) => one === 'after' || one === 'before');
  expect(listed.map((one) => one.name)).toEqual(['after']);
});

test('a token for containers becomes one for libraries', async () => {
  const parent = await organization('to be changed', ['JAVASCRIPT']);
  const [id = ''] = await addTokens(simulator, { name: 'container', organization: parent, roles: ['registry.pull'] });
  await open({ organization: parent });
  await row('container').click();
  await button('Change role').click();
  await page.getByText('It has these roles already.').waitFor();
  await page.getByLabel('JavaScript', { exact: true }).check();
  await page.getByLabel('Containers').uncheck();
  await page.getByText('It gets libraries.javascript.pull.').waitFor();
  await page.getByText('It loses registry.pull.').waitFor();
  await judge(page, 'views-role');
  await button('Save').click();
  await dialog('container').getByText('libraries.javascript.pull').waitFor();
  expect(await rolesOf(id)).toEqual(['libraries.javascript.pull']);
});

test('a token is rotated: the new password once, the old token gone', async () => {
  const parent = await organization('to be rotated', ['JAVASCRIPT']);
  const [id = ''] = await addTokens(simulator, { name: 'turning', organization: parent, roles: ['libraries.javascript.pull'] });
  await open({ organization: parent });
  await row('turning').click();
  await button('Rotate').click();
  await judge(page, 'views-rotate');
  await button('Rotate').click();
  await dialog('New password').waitFor();
  await page.getByText('The old token is deleted.').waitFor();
  const text = await dialog('New password').innerText();
  expect(text).not.toContain('eyJ');
  await page.getByRole('button', { name: 'Copy: Password' }).click();
  await page.getByRole('button', { name: 'Copy: Username' }).click();
  await button('Done').click();
  await shown('1 of 1');
  const [password, username] = await opened.copied();
  expect(username).not.toBe(id);
  expect((await simulator.identities()).filter(({ name }) => name === 'turning').map((one) => one.id)).toEqual([username]);
  expect(password?.split('.')).toHaveLength(3);
});

test('a token is deleted after a question, and the focus goes to its neighbour', async () => {
  const parent = await organization('to be thinned');
  await addTokens(simulator, { name: 'number', organization: parent, count: 3 });
  await open({ organization: parent });
  await row('number 2').focus();
  await page.keyboard.press('Delete');
  await dialog('Delete this token?').waitFor();
  await judge(page, 'views-delete');
  await page.keyboard.press('Enter');
  await dialog('number 2').waitFor();
  await button('Delete').click();
  await button('Delete').click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect((await names()).sort()).toEqual(['number 1', 'number 3']);
  expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('row');
  expect((await simulator.identities()).filter(({ name }) => name.startsWith('number')).map(({ name }) => name).sort()).toEqual(['number 1', 'number 3']);
});

test('all expired ones are deleted, with how far it is', async () => {
  const parent = await organization('to be swept');
  const left = async () => (await simulator.identities()).filter(({ name }) => name.startsWith('stale')).length;
  await addTokens(simulator, { name: 'stale', organization: parent, count: 60, expiresIn: -DAY });
  await addTokens(simulator, { name: 'fresh', organization: parent });
  // So far it comes, and no further.
  await simulator.fault({ method: 'DELETE', path: '/iam/v1/identities', skip: 20, action: 'hang' });
  await open({ organization: parent });
  await page.getByRole('button', { name: 'Delete expired (60)' }).click();
  await dialog('Delete expired tokens').getByText('60 pull tokens of to be swept have expired').waitFor();
  await judge(page, 'views-sweep-question');
  await button('Delete all expired').click();
  const bar = page.getByRole('progressbar');
  await expect.poll(() => bar.evaluate((element: HTMLProgressElement) => element.value), { timeout: 30_000 }).toBe(20);
  await judge(page, 'views-sweep-progress');
  await button('Stop').click();
  await page.getByText('40 are left.').waitFor();
  await judge(page, 'views-sweep-stopped');
  expect(await left()).toBe(40);
  await button('Done').click();
  await shown('41 of 41');

  await simulator.mend();
  await page.getByRole('button', { name: 'Delete expired (40)' }).click();
  await button('Delete all expired').click();
  await page.getByText('40 tokens deleted.').waitFor();
  await button('Done').click();
  await shown('1 of 1');
  expect(await names()).toEqual(['fresh']);
  expect(await left()).toBe(0);
  // The button that it began with has nothing more to do.
  expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('row');
});

test('where there are several organisations one is chosen, and the one of the console first', async () => {
  const one = await organization('a first choice');
  const other = await organization('chosen by the console');
  await addTokens(simulator, { name: 'in the first', organization: one });
  await addTokens(simulator, { name: 'in the other', organization: other });
  await open({ organization: 'chosen by the console' });
  await row('in the other').waitFor();
  await page.getByLabel('Organisation').selectOption('a first choice');
  await row('in the first').waitFor();
  expect(await names()).toEqual(['in the first']);
});

test('where the page does not stay, what ends in a password is taken to one that does', async () => {
  const parent = await organization('to be taken elsewhere', ['JAVASCRIPT']);
  const [id = ''] = await addTokens(simulator, { name: 'moving', organization: parent, roles: ['libraries.javascript.pull'] });
  await open({ organization: parent, isFleeting: true });
  await row('moving').click();
  await button('Rotate').click();
  await button('Edit').click();
  await dialog('Edit name and description').waitFor();
  await button('Close').click();
  await page.getByRole('button', { name: 'Create pull token' }).click();
  expect(await opened.taken()).toEqual([{ deed: { kind: 'rotate', id }, organization: parent }, { deed: { kind: 'create' }, organization: parent }]);
  expect(await page.getByRole('dialog').count()).toBe(0);
  await page.context().close();

  await open({ organization: parent, begin: { kind: 'create' } });
  await dialog('Create pull token').waitFor();
  await button('Cancel').click();
  await page.getByRole('button', { name: 'Reload' }).click();
  await shown('1 of 1');
  expect(await page.getByRole('dialog').count()).toBe(0);
  await page.context().close();

  await open({ organization: parent, begin: { kind: 'rotate', id } });
  await dialog('Rotate the password').getByText('moving').waitFor();
  expect((await simulator.identities()).some((one) => one.id === id)).toBe(true);
});

test('all of it with the keyboard alone', async () => {
  const parent = await organization('to be typed');
  await addTokens(simulator, { name: 'key', organization: parent, count: 40 });
  await open({ organization: parent });
  await rows().first().waitFor();
  const focus = () => page.evaluate(() => document.activeElement?.getAttribute('aria-rowindex') ?? document.activeElement?.textContent);
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  await press('Tab');
  expect(await focus()).toBe('Pull tokens');
  await press('ArrowRight', 'ArrowLeft');
  expect(await focus()).toBe('Pull tokens');
  await rows().first().waitFor();
  // Organisation, text, state, ecosystem, three buttons (none expired), five heads, and then the list: one stop for all rows.
  for (let stop = 0; stop < 20 && (await focus()) !== '2'; stop += 1) await press('Tab');
  expect(await focus()).toBe('2');
  await press('End');
  expect(await focus()).toBe('41');
  expect(await rows().last().getAttribute('aria-rowindex')).toBe('41');
  await press('PageUp', 'Home', 'ArrowDown', 'ArrowDown', 'ArrowUp');
  expect(await focus()).toBe('3');
  const name = await page.evaluate(() => document.activeElement?.querySelector('bdi')?.textContent ?? '');
  await press('Enter');
  await dialog(name).waitFor();
  expect(await focus()).toBe('Edit');
  await press('Enter');
  await dialog('Edit').waitFor();
  await press('Tab');
  await page.keyboard.type('typed');
  await press('Enter');
  await dialog(name).getByText('typed').waitFor();
  await press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await focus()).toBe('3');
  await press('Delete');
  await dialog('Delete this token?').waitFor();
  await press('Tab', 'Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await shown('39 of 39');
  expect(await names()).not.toContain(name);
});
