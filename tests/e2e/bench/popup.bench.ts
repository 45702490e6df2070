// How long somebody waits for the popup, beside a page of the extension that loads no WebAssembly.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pasteSession, listed } from '../extension/support';
import { POPUP, startExtension, type Extension } from '../support/browser';
import { report } from './report';

const ROUNDS = 31;

let extension: Extension;
beforeAll(async () => {
  extension = await startExtension();
});
afterAll(() => extension?.close());

/** Milliseconds from the beginning of a page until there is something of it to press. */
async function opened(name: string, ready: string): Promise<number> {
  const page = await extension.context.newPage();
  await page.setViewportSize(POPUP);
  await page.addInitScript((selector) => {
    new MutationObserver((_, observer) => {
      if (document.querySelector(selector) === null) return;
      observer.disconnect();
      // When the browser has drawn it, and listens.
      requestAnimationFrame(() => setTimeout(() => performance.mark('ready')));
    }).observe(document, { childList: true, subtree: true });
  }, ready);
  await page.goto(extension.root + name);
  const mark = await page.waitForFunction(() => performance.getEntriesByName('ready')[0]?.startTime);
  const time = (await mark.jsonValue()) ?? Number.NaN;
  await page.close();
  return time;
}

function median(times: number[]): number {
  return times.sort((one, other) => one - other)[Math.floor(times.length / 2)] ?? Number.NaN;
}

test('the popup', async () => {
  const page = await extension.open('popup.html', POPUP);
  const pages = [
    ['the popup, signed out', 'popup.html', '.sign-in button'],
    ['the popup, signed in', 'popup.html', '.view-tabs button'],
    ['a page without WebAssembly', 'options.html', '.options button'],
  ] as const;
  const times: number[][] = pages.map(() => []);
  for (const [index, [, name, ready]] of pages.entries()) {
    if (index === 1) {
      await pasteSession(page, extension.simulator.facts.tokens['owner'] ?? '');
      await listed(page);
    }
    // One round more: the first fills the browser's caches.
    for (let round = 0; round <= ROUNDS; round += 1) {
      const time = await opened(name, ready);
      if (round > 0) times[index]?.push(time);
    }
  }
  const medians = times.map(median);
  const rows = pages.map(([title], index) => ({ name: title, seconds: (medians[index] ?? Number.NaN) / 1000 }));
  await report('popup', { title: `from the click to something to press (median of ${ROUNDS})`, rows });
  for (const time of medians.slice(0, 2)) expect(time).toBeLessThan(100);
});
