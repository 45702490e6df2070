// A headless Chromium with the built extension in it.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';

const EXTENSION = resolve(import.meta.dirname, '../../../web-demo/dist');

/** Where a Chromium usually is; `cargo xtask test` sets CHROME_PATH to the one that it found or installed. */
const EXECUTABLE = process.env['CHROME_PATH'] ?? '/usr/bin/chromium';

export interface Extension {
  /** Opens one of its pages in a window of this size. */
  open(page: string, size: { width: number; height: number }): Promise<Page>;
  /** Every URL that anything in the browser has asked for so far. */
  requests: readonly string[];
  close(): Promise<void>;
}

/** Starts the browser with an empty profile. */
export async function startExtension(): Promise<Extension> {
  if (!existsSync(join(EXTENSION, 'manifest.json'))) {
    throw new Error('the extension is not built; run `cargo xtask build`, or `npm run build -w pulltoken-web-demo`');
  }
  const profile = await mkdtemp(join(tmpdir(), 'pulltoken-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: EXECUTABLE,
    headless: true,
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', `--disable-extensions-except=${EXTENSION}`, `--load-extension=${EXTENSION}`,
    ],
  });
  const requests: string[] = [];
  context.on('request', (request) => requests.push(request.url()));
  return {
    requests,
    open: (page, size) => open(context, `chrome-extension://${idOf(EXTENSION)}/${page}`, size),
    close: async () => {
      await context.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function open(context: BrowserContext, url: string, size: { width: number; height: number }): Promise<Page> {
  const page = await context.newPage();
  await page.setViewportSize(size);
  await page.goto(url);
  return page;
}

/** Chromium names an unpacked extension after its folder: the first 128 bits of a SHA-256, with the digits a to p. */
function idOf(folder: string): string {
  const digest = createHash('sha256').update(folder).digest('hex').slice(0, 32);
  return [...digest].map((digit) => String.fromCharCode('a'.charCodeAt(0) + Number.parseInt(digit, 16))).join('');
}
