// Requests that wait until the test has seen what there is to see meanwhile.
import type { BrowserContext } from 'playwright-core';

/** Lets requests to such addresses go no further until the function that it returns is called. */
export async function hold(context: BrowserContext, address: string): Promise<() => void> {
  let release = (): void => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await context.route(address, async (route) => {
    await released;
    await route.continue();
  });
  return release;
}
