// A headless Chromium with the built extension in it, and the simulator behind the platform's names.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium, type BrowserContext, type Page, type Worker } from 'playwright-core';
import { Simulator } from '../../parity/simulator.ts';
import { spkiOf, startGateway, type Gateway } from './gateway';

const EXTENSION = resolve(import.meta.dirname, '../../../web-demo/dist');

/** Where a Chromium usually is; `cargo xtask test` sets CHROME_PATH to the one that it found or installed. */
export const EXECUTABLE = process.env['CHROME_PATH'] ?? '/usr/bin/chromium';

/** What a headless Chromium needs everywhere, and what it is not to do by itself. */
export const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

export const POPUP = { width: 460, height: 600 };
export const TAB = { width: 1180, height: 760 };

export interface Extension {
  readonly context: BrowserContext;
  readonly simulator: Simulator;
  readonly gateway: Gateway;
  /** The extension's own address, with a slash behind it. */
  readonly root: string;
  /** Opens one of its pages in a window of this size. */
  open(page: string, size?: { width: number; height: number }): Promise<Page>;
  /** The background, woken if it sleeps. */
  background(): Promise<Worker>;
  /** Every URL that anything in the browser has asked for so far. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** Starts all three; `options` are the simulator's. */
export async function startExtension(...options: string[]): Promise<Extension> {
  const simulator = await Simulator.start('--tls', ...options);
  const extension = await startExtensionAt(simulator);
  return {
    ...extension,
    close: async () => {
      await extension.close();
      await simulator.stop();
    },
  };
}

/** Starts a browser with an empty profile, for a simulator that was started with `--tls`. */
export async function startExtensionAt(simulator: Simulator): Promise<Extension> {
  if (!existsSync(join(EXTENSION, 'manifest.json'))) {
    throw new Error('the extension is not built; run `cargo xtask build`, or `npm run build -w pulltoken-web-demo`');
  }
  const { connectTo = '', caFile = '' } = simulator.facts;
  const gateway = await startGateway(connectTo);
  const profile = await mkdtemp(join(tmpdir(), 'pulltoken-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: EXECUTABLE,
    headless: true,
    args: [
      ...FLAGS, `--disable-extensions-except=${EXTENSION}`, `--load-extension=${EXTENSION}`,
      `--proxy-server=http://${gateway.address}`, `--ignore-certificate-errors-spki-list=${(await spkiOf(connectTo, caFile)).join(',')}`,
    ],
  });
  // Within the time of a test, so that it says what it waited for.
  context.setDefaultTimeout(20_000);
  const requests: string[] = [];
  context.on('request', (request) => requests.push(request.url()));
  const root = `chrome-extension://${idOf(EXTENSION)}/`;
  return {
    context, simulator, gateway, root, requests,
    open: async (page, size = TAB) => {
      const opened = await context.newPage();
      await opened.setViewportSize(size);
      await opened.goto(root + page);
      return opened;
    },
    background: async () => context.serviceWorkers()[0] ?? context.waitForEvent('serviceworker'),
    close: async () => {
      await context.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
      await gateway.close();
    },
  };
}

/** Chromium names an unpacked extension after its folder: the first 128 bits of a SHA-256, with the digits a to p. */
function idOf(folder: string): string {
  const digest = createHash('sha256').update(folder).digest('hex').slice(0, 32);
  return [...digest].map((digit) => String.fromCharCode('a'.charCodeAt(0) + Number.parseInt(digit, 16))).join('');
}
