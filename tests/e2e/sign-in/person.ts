// A person with a browser at the pages of the provider.
import { type Browser, chromium, type Page } from 'playwright-core';

import { EXECUTABLE, FLAGS } from '../support/browser';

export async function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: EXECUTABLE, headless: true, args: FLAGS });
}

/** Opens a page as somebody who has never been here. */
export async function open(browser: Browser, url: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  // The provider's pages would load a font from the internet.
  await page.route((target) => !['localhost', '127.0.0.1'].includes(target.hostname), (route) => route.abort());
  await page.goto(url);
  return page;
}

/** Signs in where that is asked for and agrees to everything, until there is a heading of this text. */
export async function agree(page: Page, name: string, heading: string): Promise<void> {
  const done = page.getByRole('heading', { name: heading });
  const signIn = page.getByPlaceholder('Enter any login');
  const goOn = page.getByRole('button', { name: 'Continue' });
  for (;;) {
    await done.or(signIn).or(goOn).first().waitFor();
    if (await done.isVisible()) return;
    if (await signIn.isVisible()) {
      await signIn.fill(name);
      await page.getByPlaceholder('and password').fill('any');
      await leave(page, () => page.getByRole('button', { name: 'Sign-in' }).click());
    } else {
      await leave(page, () => goOn.click());
    }
  }
}

/** Turns back where the provider asks who it is. */
export async function deny(page: Page): Promise<void> {
  await leave(page, () => page.getByRole('link', { name: 'Cancel' }).click());
}

/** Does what leads to another page, and waits for that. */
async function leave(page: Page, step: () => Promise<void>): Promise<void> {
  await Promise.all([page.waitForEvent('framenavigated'), step()]);
}
