// Making a token: the form, the password that is shown once, and what a plan allows.
import { execFile } from 'node:child_process';
import { expect, test } from 'vitest';
import type { Simulator } from '../parity/simulator.ts';
import { judge, picture } from './support/looks';
import { open, opened, page, simulator, simulators, startViews } from './support/views';

// The plan of the second allows less.
startViews([], ['--max-ttl', '168h']);

async function openForm(at: Simulator = simulator): Promise<void> {
  await open({ at });
  await page.getByRole('button', { name: 'Create pull token' }).click();
  // By then the form knows what the organisation is entitled to.
  await form().getByText('More').waitFor();
}

const form = () => page.getByRole('dialog', { name: 'Create pull token' });
const result = () => page.getByRole('dialog', { name: 'Pull token created' });
const make = () => form().getByRole('button', { name: 'Create pull token' }).click();

/** Asks the registry with a pair, as a package manager does. */
async function ping({ facts: { registry } }: Simulator, username: string, password: string): Promise<number> {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return (await fetch(`${registry}/javascript/-/ping`, { headers: { authorization } })).status;
}

test('username and password are hidden until asked for, copied, and open the registry', async () => {
  await openForm();
  await judge(page, 'views-create');
  await form().getByLabel('Name').fill('from the page');
  await form().getByLabel('Description').fill('for a test');
  await form().getByLabel('JavaScript', { exact: true }).check();
  await form().getByRole('button', { name: '90 days' }).click();
  await make();
  await result().waitFor();
  await judge(page, 'views-created');
  const html = await page.content();
  await page.getByRole('button', { name: 'Copy: Username' }).click();
  await page.getByRole('button', { name: 'Copy: Password' }).click();
  await page.getByRole('status').getByText('Copied: Password').waitFor();
  const [username = '', password = ''] = await opened.copied();
  expect(html).not.toContain(password);
  expect(html).not.toContain(password.split('.')[1]);
  expect(await ping(simulator, username, password)).toBe(200);

  await page.getByRole('button', { name: 'Show: Password' }).click();
  await result().getByText(password).waitFor();
  await page.getByRole('button', { name: 'Hide: Password' }).click();
  expect(await page.content()).not.toContain(password);

  const made = (await simulator.identities()).find(({ id }) => id === username);
  expect(made).toMatchObject({ name: 'from the page', roles: ['libraries.javascript.pull'] });
  await result().getByRole('button', { name: 'Done' }).click();
  await page.getByRole('row').filter({ hasText: 'from the page' }).filter({ hasText: 'in 89 days' }).waitFor();
  // Nothing of it stays behind in the page.
  expect(await page.content()).not.toContain(password.split('.')[1]);
});

test('several ecosystems in one token, and every file as the package manager wants it', async () => {
  await openForm();
  await form().getByLabel('Java', { exact: true }).check();
  await form().getByLabel('JavaScript', { exact: true }).check();
  await make();
  await result().waitFor();
  await page.getByText('~/.m2/settings.xml.', { exact: true }).waitFor();
  await result().getByLabel('Ecosystem').selectOption('JavaScript');
  await page.getByText('~/.npmrc of the user').waitFor();
  await page.getByRole('button', { name: 'Show: as npmrc' }).click();
  await result().getByText('/javascript/:_auth=').waitFor();
  await judge(page, 'views-created-file');
  await page.getByRole('button', { name: 'Copy: as npmrc' }).click();
  await result().getByLabel('Format').selectOption('netrc');
  await page.getByRole('button', { name: 'Copy: as netrc' }).click();
  await page.getByRole('status').getByText('Copied: as netrc').waitFor();
  const [npmrc = '', netrc = ''] = await opened.copied();
  const [, pair = ''] = /:_auth=(\S+)/.exec(npmrc) ?? [];
  const [username = '', password = ''] = Buffer.from(pair, 'base64').toString().split(/:(.*)/s);
  expect(npmrc).toContain(new URL(simulator.facts.registry).host);
  expect(await ping(simulator, username, password)).toBe(200);
  expect(netrc).toContain(`login ${username}`);
  expect(netrc).toContain(`password ${password}`);
  // Something with the password was copied: closing asks nothing.
  await page.keyboard.press('Escape');
  await result().waitFor({ state: 'detached' });
});

test('the lines for a shell set the variables byte for byte', async () => {
  await openForm();
  await form().getByLabel('Python', { exact: true }).check();
  await make();
  await result().waitFor();
  await result().getByLabel('Format').selectOption('env');
  await page.getByRole('button', { name: 'Copy: as env' }).click();
  await page.getByRole('button', { name: 'Copy: Password' }).click();
  await page.getByRole('status').getByText('Copied: Password').waitFor();
  const [lines = '', password = ''] = await opened.copied();
  const shell = `${lines}\nprintf %s "$CHAINGUARD_PYTHON_TOKEN"`;
  const said = await new Promise<string>((resolve, reject) => {
    execFile('/bin/sh', ['-c', shell], { env: {} }, (error, stdout) => (error ? reject(error) : resolve(stdout)));
  });
  expect(said).toBe(password);
});

test('a password that nobody copied is not lost by a slip of the hand', async () => {
  await openForm();
  await form().getByLabel('Python', { exact: true }).check();
  await make();
  await result().waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('Nothing with the password was copied').waitFor();
  await judge(page, 'views-created-leaving');
  await page.getByRole('button', { name: 'Go back' }).click();
  await page.getByText('Nothing with the password was copied').waitFor({ state: 'detached' });
  await result().getByRole('button', { name: 'Close', exact: true }).click();
  await page.getByRole('button', { name: 'Close without the password' }).click();
  await result().waitFor({ state: 'detached' });
});

test('a password stays in sight when the session ends, and goes when it is done with', async () => {
  await openForm();
  await form().getByLabel('Java', { exact: true }).check();
  await make();
  await result().waitFor();
  await page.evaluate(() => (globalThis as unknown as { trial: { host: { signOut(): Promise<void> } } }).trial.host.signOut());
  await page.getByRole('button', { name: 'Copy: Password' }).click();
  await page.getByRole('status').getByText('Copied: Password').waitFor();
  expect((await opened.copied())[0]?.split('.')).toHaveLength(3);
  await result().getByRole('button', { name: 'Done' }).click();
  await page.getByText('Sign in to see this.').waitFor();
  expect(await page.getByRole('dialog').count()).toBe(0);
});

test('what could not be copied is not said to be, and the focus stays in the dialog', async () => {
  await openForm();
  await form().getByLabel('Java', { exact: true }).check();
  await make();
  await result().waitFor();
  await page.evaluate(() => {
    const { host } = (globalThis as unknown as { trial: { host: { copy(text: string): Promise<void> } } }).trial;
    host.copy = () => Promise.reject(new Error('refused'));
  });
  await page.getByRole('button', { name: 'Copy: Password' }).click();
  await page.getByRole('status').getByText('Not copied: Password').waitFor();
  for (let stop = 0; stop < 15; stop += 1) {
    await page.keyboard.press('Tab');
    // The window itself has its turn between the last and the first.
    expect(await page.evaluate(() => document.activeElement === document.body || document.activeElement?.closest('dialog') !== null)).toBe(true);
  }
  await page.keyboard.press('Escape');
  await page.getByText('Nothing with the password was copied').waitFor();
});

test('what cannot be made is said before it is sent', async () => {
  await openForm();
  await simulator.forget();
  await make();
  await page.getByText('Choose at least one.').waitFor();
  await form().getByLabel('Name').fill('Big');
  await page.getByText('at position 1').waitFor();
  await form().getByLabel('Days').fill('400');
  await page.getByText('A whole number from 1 to 365.').waitFor();
  await judge(page, 'views-create-wrong');
  expect(await form().getByRole('button', { name: 'Create pull token' }).isDisabled()).toBe(true);
  expect((await simulator.requests()).filter(({ method }) => method === 'POST')).toEqual([]);
});

test('an ecosystem that the organisation lacks is named, with who can add it', async () => {
  await openForm();
  await form().getByText('More').click();
  await form().getByLabel('Go', { exact: false }).first().check();
  await make();
  await page.getByRole('alert').getByText('has no entitlement for go').waitFor();
  await page.getByRole('alert').getByText('entitlement_missing').waitFor();
  await judge(page, 'views-create-unentitled');
});

test('the plan allows less: the server says how much, and one click takes it', async () => {
  await openForm(simulators[1]);
  await form().getByLabel('Java', { exact: true }).check();
  await make();
  await page.getByText('Your plan allows 7 days.').waitFor();
  await judge(page, 'views-create-plan');
  await form().getByRole('button', { name: 'Use 7 days' }).click();
  await make();
  await result().waitFor();
  await picture(page, 'views-created-plan');
});

test('what is stopped leaves nothing behind', async () => {
  await openForm();
  const before = await simulator.identities();
  // By then there is an identity.
  await simulator.fault({ method: 'POST', path: '/iam/v1/rolebindings', action: 'hang' });
  const asked = page.waitForRequest((request) => request.method() === 'POST' && request.url().includes('/iam/v1/rolebindings'));
  await form().getByLabel('Java', { exact: true }).check();
  await make();
  await asked;
  expect(await simulator.identities()).toHaveLength(before.length + 1);
  await form().getByRole('button', { name: 'Stop' }).click();
  await form().getByRole('button', { name: 'Create pull token' }).waitFor();
  expect(await simulator.identities()).toEqual(before);
});
