// The views on an ordinary page in headless Chromium: built, and served under the policy that the extension's pages have.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize, resolve } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { build } from 'vite';
import { EXECUTABLE, FLAGS } from './browser';

const WEB_DEMO = resolve(import.meta.dirname, '../../../web-demo');
const TYPES: Record<string, string> = {
  '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.wasm': 'application/wasm',
  '.png': 'image/png', '.svg': 'image/svg+xml',
};

/** What ends in a password. */
export type Deed = { kind: 'create' } | { kind: 'rotate'; id: string };

/** What the page is told before it runs; see web-demo/trial/main.tsx. */
export interface Given {
  settings: { api: string; issuer: string; registry: string; expiringDays?: number };
  token?: string | undefined;
  organization?: string;
  start?: 'tokens' | 'entitlements' | 'check';
  direction?: 'ltr' | 'rtl';
  /** Whether the page plays one that does not stay, as a popup. */
  isFleeting?: boolean;
  begin?: Deed;
}

export interface Opened {
  page: Page;
  /** What the page itself complained of: errors, and what its policy refused. */
  complaints: string[];
  /** What was copied so far, oldest first. */
  copied(): Promise<string[]>;
  /** What was taken to a page that stays. */
  taken(): Promise<{ deed: Deed; organization: string }[]>;
}

export interface Trial {
  /** Opens the page in a browser window of its own, with no memory of any other. */
  open(given: Given, size?: { width: number; height: number }): Promise<Opened>;
  close(): Promise<void>;
}

/** Builds the page, serves it and starts a browser. It may call these origins and no others. */
export async function startTrial(...origins: string[]): Promise<Trial> {
  const folder = await mkdtemp(join(tmpdir(), 'pulltoken-trial-'));
  await build({
    root: WEB_DEMO,
    configFile: false,
    logLevel: 'warn',
    build: { outDir: folder, emptyOutDir: false, target: 'chrome123', modulePreload: false, rolldownOptions: { input: join(WEB_DEMO, 'trial/index.html') } },
  });
  const server = await serve(folder, `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src ${["'self'", ...origins].join(' ')}`);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/trial/index.html`;
  const browser = await chromium.launch({ executablePath: EXECUTABLE, headless: true, args: FLAGS });
  return {
    open: (given, size) => open(browser, url, given, size),
    close: async () => {
      await browser.close();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function open(browser: Browser, url: string, given: Given, size = { width: 1180, height: 820 }): Promise<Opened> {
  const context: BrowserContext = await browser.newContext({ viewport: size, locale: 'en-GB', timezoneId: 'UTC', reducedMotion: 'reduce' });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // A refusal by the simulator is an answer like any other, but Chromium remarks it.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) complaints.push(message.text());
  });
  await page.addInitScript((trial) => Object.assign(globalThis, { trial }), given);
  await page.goto(url);
  type Left = { trial: { host: { copied: string[] }; taken: { deed: Deed; organization: string }[] } };
  const copied = () => page.evaluate(() => (globalThis as unknown as Left).trial.host.copied);
  const taken = () => page.evaluate(() => (globalThis as unknown as Left).trial.taken);
  return { page, complaints, copied, taken };
}

async function serve(folder: string, policy: string): Promise<Server> {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname);
    readFile(join(folder, path)).then(
      (data) => {
        const type = TYPES[extname(path)] ?? 'application/octet-stream';
        response.writeHead(200, { 'content-type': type, 'content-security-policy': policy }).end(data);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return server;
}
