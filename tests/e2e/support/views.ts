// The views on their page, signed in at a simulator: one for the tests of a file, and a window of its own for each of them.
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { Simulator } from '../../parity/simulator.ts';
import { startTrial, type Given, type Opened, type Trial } from './trial';

let trial: Trial;
/** The simulators of this file, in the order of their options. */
export let simulators: Simulator[] = [];
/** The first of them. */
export let simulator: Simulator;
/** What the test at hand has open. */
export let opened: Opened;
export let page: Page;

/** Starts the page and a simulator with each of these lists of options, and looks after every test whether the page complained. */
export function startViews(...options: string[][]): void {
  beforeAll(async () => {
    simulators = await Promise.all((options.length === 0 ? [[]] : options).map((more) => Simulator.start('--cors', ...more)));
    simulator = simulators[0] as Simulator;
    trial = await startTrial(...simulators.flatMap(({ facts: { api, issuer, registry } }) => [api, issuer, registry]));
  });
  afterAll(async () => {
    await trial?.close();
    await Promise.all(simulators.map((one) => one.stop()));
  });
  afterEach(async () => {
    await Promise.all(simulators.map((one) => one.mend()));
    const complaints = [...opened.complaints];
    await page.context().close();
    expect(complaints).toEqual([]);
  });
}

/** What the page is given, and as whom, where and how large it is opened. */
interface Wanted extends Partial<Given> {
  who?: string;
  at?: Simulator;
  size?: { width: number; height: number };
}

/** Opens the page, signed in as the owner unless it says otherwise. */
export async function open({ who = 'owner', at = simulator, size, ...given }: Wanted = {}): Promise<void> {
  const { api, issuer, registry, tokens } = at.facts;
  opened = await trial.open({ settings: { api, issuer, registry }, token: tokens[who], ...given }, size);
  page = opened.page;
}
