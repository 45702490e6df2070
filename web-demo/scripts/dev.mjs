// `npm run dev`: builds whenever a source changes, with a Chromium of its own in which the extension is loaded anew each
// time. `npm run dev -- firefox` takes Firefox. CHROME_PATH and FIREFOX_PATH name others than those on the system.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import webExt from 'web-ext';

const root = join(import.meta.dirname, '..');
const isFirefox = process.argv[2] === 'firefox';
const folder = join(root, isFirefox ? 'dist-firefox' : 'dist');
const { CHROME_PATH, FIREFOX_PATH } = process.env;

await rm(folder, { recursive: true, force: true });
const build = spawn(process.execPath, [join(import.meta.dirname, 'build.mjs'), '--watch'], { stdio: 'inherit' });
process.on('exit', () => build.kill());
build.on('exit', (code) => process.exit(code ?? 1));
while (!existsSync(join(folder, 'background.js')) || !existsSync(join(folder, 'content.js'))) await sleep(200);

await webExt.cmd.run({
  sourceDir: folder,
  target: isFirefox ? ['firefox-desktop'] : ['chromium'],
  ...(CHROME_PATH === undefined ? {} : { chromiumBinary: CHROME_PATH }),
  ...(FIREFOX_PATH === undefined ? {} : { firefox: FIREFOX_PATH }),
  noInput: true,
});
