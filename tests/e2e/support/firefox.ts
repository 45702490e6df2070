// A headless Firefox with the built extension in it, and the simulator behind the platform's names.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import puppeteer, { type Browser, type Page, type Target } from 'puppeteer-core';
import { Simulator } from '../../parity/simulator.ts';
import { startGateway, type Gateway } from './gateway';

/** As its store would take it. */
const EXTENSION = resolve(import.meta.dirname, '../../../web-demo/dist-firefox');

/** Where Debian has it; `cargo xtask test` sets FIREFOX_PATH to the one that it found or installed. */
const EXECUTABLE = process.env['FIREFOX_PATH'] ?? '/usr/bin/firefox-esr';

/** Firefox gives each installation an address of its own, by which this one is found. */
const ADDRESS = '7e3b4d1c-5a0f-4c8e-9d63-2f1a0b9c8d7e';

export interface FirefoxExtension {
  readonly browser: Browser;
  readonly simulator: Simulator;
  readonly gateway: Gateway;
  open(page: string): Promise<Page>;
  /** The window that what is done opens. */
  opened(by: () => Promise<void>): Promise<Page>;
  close(): Promise<void>;
}

export async function startFirefox(): Promise<FirefoxExtension> {
  if (!existsSync(join(EXTENSION, 'manifest.json'))) {
    throw new Error('the extension is not built; run `cargo xtask build`, or `npm run build -w pulltoken-web-demo`');
  }
  const simulator = await Simulator.start('--tls');
  const gateway = await startGateway(simulator.facts.connectTo ?? '');
  const [host = '', port] = gateway.address.split(':');
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: EXECUTABLE,
    headless: true,
    // Which certificates are good is looked at with Chromium; Firefox knows no single exceptions.
    acceptInsecureCerts: true,
    // Its own pages are moz-extension:, to which it lets no automation otherwise.
    args: ['--remote-allow-system-access'],
    extraPrefsFirefox: {
      'extensions.webextensions.uuids': JSON.stringify({ 'pulltoken@example.org': ADDRESS }),
      'network.proxy.type': 1,
      'network.proxy.ssl': host,
      'network.proxy.ssl_port': Number(port),
      'network.proxy.http': host,
      'network.proxy.http_port': Number(port),
    },
  });
  await browser.installExtension(EXTENSION);
  return {
    browser, simulator, gateway,
    open: async (name) => {
      const page = await browser.newPage();
      page.setDefaultTimeout(20_000);
      // It never says that such a page has loaded.
      page.goto(`moz-extension://${ADDRESS}/${name}`).catch(() => {});
      await arrived(page);
      return page;
    },
    opened: async (by) => {
      const target = new Promise<Target>((resolve) => browser.once('targetcreated', resolve));
      await by();
      const page = await (await target).page();
      if (page === null) throw new Error('something opened that is no page');
      return page;
    },
    close: async () => {
      await browser.close();
      await gateway.close();
      await simulator.stop();
    },
  };
}

/** Waits for the page to be drawn. While one document takes the place of another, a question may fail for want of either. */
async function arrived(page: Page): Promise<void> {
  const end = Date.now() + 20_000;
  for (;;) {
    try {
      await page.waitForSelector('#app > main');
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}
