// A popup goes as soon as somebody clicks beside it: what ends in a password is done in a tab.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startExtension, type Extension } from '../support/browser';
import { addTokens } from '../support/seed';
import { listed, signedIn } from './support';

let extension: Extension;

beforeAll(async () => {
  extension = await startExtension();
});
afterAll(() => extension?.close());

test('creating and rotating lead from the popup to a tab', async () => {
  const { context, simulator } = extension;
  await addTokens(simulator, { name: 'moving', roles: ['libraries.java.pull'] });
  await signedIn(extension);
  for (const deed of ['create', 'rotate'] as const) {
    const popup = await extension.open('popup.html', { width: 460, height: 600 });
    await listed(popup);
    const tab = context.waitForEvent('page');
    const gone = popup.waitForEvent('close');
    if (deed === 'create') {
      await popup.getByRole('button', { name: 'Create pull token' }).click();
    } else {
      await popup.getByRole('row').filter({ hasText: 'moving' }).click();
      await popup.getByRole('dialog').getByRole('button', { name: 'Rotate' }).click();
    }
    const title = deed === 'create' ? 'Create pull token' : 'Rotate the password';
    await (await tab).getByRole('dialog', { name: title }).waitFor();
    await gone;
  }
  expect((await simulator.identities()).filter(({ name }) => name !== 'moving')).toEqual([]);
});
