// A list of ten thousand tokens while it is scrolled, beside the same list with all of its rows in the page.
import type { CDPSession, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { Simulator } from '../../parity/simulator.ts';
import { addTokens } from '../support/seed';
import { startTrial } from '../support/trial';
import { report } from './report';

const ROWS = 10_000;
const STEPS = 200;
/** At most: the first in which nothing else disturbed the page is the one that counts. */
const ROUNDS = 3;

/** How scrolling went, in milliseconds. */
interface Scrolled {
  /** The page's busiest step, in time on the processor. */
  busiest: number;
  /** Tasks that the browser calls long: over 50 ms on the clock. */
  long: number[];
}

test('scrolling', async () => {
  const simulator = await Simulator.start('--cors');
  const { api, issuer, registry, tokens, organization } = simulator.facts;
  const trial = await startTrial(api, issuer, registry);
  try {
    await addTokens(simulator, { name: 'job', count: ROWS, roles: ['libraries.javascript.pull'] });
    const { page } = await trial.open({ settings: { api, issuer, registry }, token: tokens['owner'], organization: organization.id });
    await page.getByRole('status').filter({ hasText: '10,000 of 10,000' }).waitFor();
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
    const drawn = await best(ROUNDS, () => scroll(page, devtools));
    await drawAll(page);
    const whole = await scroll(page, devtools);
    const title = `scrolling a list of ${ROWS} tokens: the busiest of ${STEPS} steps`;
    const rows = [
      { name: 'as the extension draws it', seconds: drawn.busiest / 1000 },
      { name: 'all rows in the page', seconds: whole.busiest / 1000 },
      // Only what took over 50 ms is known, and on a machine with nothing else to do nothing did.
      ...(drawn.long.length === 0 ? [] : [{ name: 'on the clock, the longest task', seconds: Math.max(...drawn.long) / 1000 }]),
    ];
    await report('scroll', { title, rows });
    expect(drawn.busiest).toBeGreaterThan(0);
    // A step is several tasks: none of them can have taken longer. The clock also counts what else the machine does.
    expect(drawn.busiest).toBeLessThan(50);
  } finally {
    await trial.close();
    await simulator.stop();
  }
});

/** The round with the fewest long tasks; the first without any ends it. */
async function best(rounds: number, measure: () => Promise<Scrolled>): Promise<Scrolled> {
  let found = await measure();
  for (let round = 1; round < rounds && found.long.length > 0; round += 1) {
    const next = await measure();
    if (next.long.length < found.long.length) found = next;
  }
  return found;
}

/** Scrolls through all of it, with a turn of the wheel most times and a drag of the bar at every fourth. */
async function scroll(page: Page, devtools: CDPSession): Promise<Scrolled> {
  const busy = async (): Promise<number> => {
    const { metrics } = await devtools.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
  };
  await page.evaluate(() => {
    const long: number[] = [];
    Object.assign(globalThis, { long });
    new PerformanceObserver((list) => long.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
    document.querySelector('.view-scroller')?.scrollTo(0, 0);
  });
  let busiest = 0;
  for (let step = 0; step < STEPS; step += 1) {
    const before = await busy();
    await page.evaluate(async (by) => {
      document.querySelector('.view-scroller')?.scrollBy(0, by);
      await new Promise(requestAnimationFrame);
      await new Promise(requestAnimationFrame);
    }, step % 4 === 3 ? 8_000 : 300);
    busiest = Math.max(busiest, (await busy()) - before);
  }
  return { busiest, long: await page.evaluate(() => (globalThis as unknown as { long: number[] }).long) };
}

/** Puts every row into the page, as a list without a viewport would. */
async function drawAll(page: Page): Promise<void> {
  await page.evaluate((count) => {
    const length = document.querySelector('.view-length');
    const row = length?.querySelector('.view-row');
    if (!length || !row) throw new Error('there is no list');
    const copy = length.cloneNode() as HTMLElement;
    for (let index = 0; index < count; index += 1) {
      const one = row.cloneNode(true) as HTMLElement;
      one.style.insetBlockStart = `${index * row.clientHeight}px`;
      copy.append(one);
    }
    length.replaceWith(copy);
  }, ROWS);
}
