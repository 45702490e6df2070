// What is shipped: read, not run.
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const WEB_DEMO = resolve(import.meta.dirname, '../../../web-demo');
const read = (path: string) => readFile(join(WEB_DEMO, path), 'utf8');

interface Manifest {
  permissions: string[];
  host_permissions: string[];
  optional_host_permissions: string[];
  content_scripts: { matches: string[]; js: string[] }[];
  content_security_policy: { extension_pages: string };
  background: object;
  [key: string]: unknown;
}
const manifest = async (folder: string) => JSON.parse(await read(`${folder}/manifest.json`)) as Manifest;

test('the permissions are those that something needs, and no more', async () => {
  const { permissions, host_permissions, optional_host_permissions, content_scripts, ...rest } = await manifest('dist');
  expect(permissions).toEqual([
    'alarms', // to look for tokens that expire soon, and to take a password off the clipboard
    'clipboardRead', // to leave alone what somebody copied meanwhile
    'clipboardWrite',
    'identity', // to sign in
    'notifications',
    'offscreen', // Chromium's background has no clipboard
    'storage',
  ]);
  expect(host_permissions).toEqual(['https://console-api.enforce.dev/*', 'https://issuer.enforce.dev/*', 'https://libraries.cgr.dev/*']);
  expect(optional_host_permissions).toEqual(['https://*/*', 'http://localhost/*', 'http://127.0.0.1/*']);
  expect(content_scripts).toEqual([{ matches: ['https://console.chainguard.dev/*'], js: ['content.js'] }]);
  expect(Object.keys(rest).filter((key) => /permission|external|web_accessible|oauth|update/.test(key))).toEqual([]);
});

test('the policy allows WebAssembly and the extension itself, and nothing else runs', async () => {
  const policy = (await manifest('dist')).content_security_policy.extension_pages;
  const rules = Object.fromEntries(policy.split('; ').map((rule) => rule.split(/ (.*)/s) as [string, string]));
  expect(rules).toEqual({
    'default-src': "'none'",
    'script-src': "'self' 'wasm-unsafe-eval'",
    'style-src': "'self'",
    'img-src': "'self'",
    'connect-src': "'self' https: http://localhost:* http://127.0.0.1:*",
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
  });
});

test('no page loads anything from elsewhere', async () => {
  const pages = (await readdir(join(WEB_DEMO, 'dist'))).filter((name) => name.endsWith('.html'));
  expect(pages.length).toBeGreaterThan(3);
  for (const page of pages) expect(await read(`dist/${page}`), page).not.toMatch(/(src|href)="(?!\.\/|#)/);
});

test('the content script is one file, and holds nothing that could ask for a secret', async () => {
  const script = await read('dist/content.js');
  expect(script).not.toMatch(/\bimport\b|\bexport\b|storage|fetch|cookie/);
  expect(script.length).toBeLessThan(4_000);
});

describe('the background', () => {
  test('is a module that loads with static imports alone', async () => {
    const script = await read('dist/background.js');
    expect(script).toMatch(/^import/);
    expect(script).not.toMatch(/\bimport\(/);
  });

  test('is a service worker for Chromium and a script for Firefox', async () => {
    expect((await manifest('dist')).background).toEqual({ service_worker: 'background.js', scripts: ['background.js'], type: 'module' });
    expect((await manifest('dist-firefox')).background).toEqual({ scripts: ['background.js'], type: 'module' });
  });
});

interface Report {
  errors: { code: string }[];
  warnings: { code: string }[];
  notices: { code: string }[];
}

async function lint(folder: string): Promise<Report> {
  // Beside what it exports.
  const program = fileURLToPath(new URL('bin/web-ext.js', import.meta.resolve('web-ext')));
  const options = ['lint', '--output=json', '--no-config-discovery', `--source-dir=${join(WEB_DEMO, folder)}`];
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...options], { maxBuffer: 1 << 24 }).catch((failure: { stdout: string }) => failure);
  return JSON.parse(stdout) as Report;
}

test('web-ext finds nothing in what the store of Firefox takes', async () => {
  const { errors, warnings, notices } = await lint('dist-firefox');
  expect({ errors, warnings, notices }).toEqual({ errors: [], warnings: [], notices: [] });
});

test('web-ext finds what Firefox leaves out in the folder for both, and nothing else', async () => {
  const { errors, warnings } = await lint('dist');
  expect(errors).toEqual([]);
  expect(warnings.map(({ code }) => code).sort()).toEqual(['BACKGROUND_SERVICE_WORKER_IGNORED', 'MANIFEST_PERMISSIONS']);
});
