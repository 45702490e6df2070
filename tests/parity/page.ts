// A page in headless Chromium that has loaded pulltoken/web from the package's files.
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

import { type Browser, chromium, type Page } from 'playwright-core';

import { type Case, perform } from './cases.ts';
import { packageRoot } from './runtimes.ts';

const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' };

/** The strictest policy under which a page can use the module, and call these origins. */
const policy = (origins: string[]) =>
  `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src ${["'self'", ...origins].join(' ')}`;

export interface LoadedPage {
  /** Performs cases in the page. */
  perform(cases: Case[]): Promise<unknown[]>;
  /** Runs the body of an async function that finds `api`, loaded from an entry point, and `given`. */
  run(entry: 'web' | 'web-core', body: string, given: unknown): Promise<unknown>;
  /** What the page asked the server for. */
  requests: string[];
  close(): Promise<void>;
}

export async function loadPage(...origins: string[]): Promise<LoadedPage> {
  const requests: string[] = [];
  const server = await serve(requests, policy(origins));
  const browser: Browser = await chromium.launch({
    executablePath: process.env['CHROME_PATH'] ?? '/usr/bin/chromium',
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  const close = async (): Promise<void> => {
    await browser.close();
    server.close();
  };
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/index.html`);
    return { perform: (cases) => performIn(page, cases), run: (...args) => runIn(page, ...args), requests, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** As text, since the test runner rewrites the imports of functions. */
async function performIn(page: Page, cases: Case[]): Promise<unknown[]> {
  return page.evaluate<unknown[]>(`(async () => {
    const [{ perform }, api] = await Promise.all([import('/perform.js'), import('/dist/web/web.js')]);
    await api.init();
    return ${JSON.stringify(cases)}.map((input) => perform(api, input));
  })()`);
}

async function runIn(page: Page, entry: string, body: string, given: unknown): Promise<unknown> {
  return page.evaluate(`(async (given) => {
    const api = await import('/dist/web/${entry}.js');
    await api.init();
    ${body}
  })(${JSON.stringify(given)})`);
}

/** What the server makes up itself. */
const MADE: Record<string, string> = {
  '/index.html': '<!doctype html><link rel="icon" href="data:,">',
  '/perform.js': `export ${perform.toString()}`,
};

/** Serves the package's own files and an empty page. */
async function serve(requests: string[], policy: string): Promise<Server> {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname);
    requests.push(path);
    if (path === '/moved') {
      response.writeHead(302, { location: '/elsewhere' }).end();
      return;
    }
    const made = MADE[path];
    (made === undefined ? readFile(join(packageRoot, path)) : Promise.resolve(made)).then(
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
