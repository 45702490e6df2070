// How a page looks: a picture to look at, and what axe finds.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const ARTEFACTS = join(import.meta.dirname, '../artefacts');

/** A picture of the window as it is. */
export async function picture(page: Page, name: string): Promise<void> {
  await mkdir(ARTEFACTS, { recursive: true });
  await page.screenshot({ path: join(ARTEFACTS, `${name}.png`) });
}

/** In light and dark: a picture, and nothing that axe finds. */
export async function judge(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await picture(page, `${name}-${colorScheme}`);
    await page.evaluate(axe.source);
    const { violations, passes } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
    expect(violations.map(({ id, nodes }) => `${name}, ${colorScheme}, ${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
    // It did look.
    expect(passes.map(({ id }) => id)).toContain('color-contrast');
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
}
