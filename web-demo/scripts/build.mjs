// Builds dist (the extension, for Chromium and, unpacked, for Firefox), dist-firefox (the same as its store takes it) and
// dist-web (an ordinary page). With --watch it goes on building whenever a source changes.
import { existsSync } from 'node:fs';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'vite';

const root = join(import.meta.dirname, '..');
let copying = Promise.resolve();
const isWatching = process.argv.includes('--watch');

/** @type {import('vite').InlineConfig} */
const common = { root, configFile: false, mode: isWatching ? 'development' : 'production', base: './', plugins: [withoutMarkup()] };
/** @type {import('vite').BuildEnvironmentOptions} */
const options = {
  target: ['chrome127', 'firefox140'],
  // Its helper only adds requests to pages whose modules lie beside them on disk.
  modulePreload: false,
  // Several builds share a folder.
  emptyOutDir: false,
  // A data: URL is no picture of one's own to a strict policy.
  assetsInlineLimit: 0,
  watch: isWatching ? {} : null,
  sourcemap: isWatching,
};

for (const folder of ['dist', 'dist-firefox', 'dist-web']) await rm(join(root, folder), { recursive: true, force: true });

await build({
  ...common,
  build: {
    ...options,
    outDir: 'dist',
    rolldownOptions: {
      input: ['popup.html', 'page.html', 'options.html', 'offscreen.html', 'src/background.ts'],
      // The manifest names it.
      output: { entryFileNames: ({ name }) => (name === 'background' ? 'background.js' : 'assets/[name]-[hash].js') },
    },
  },
  plugins: [...common.plugins, firefox()],
});

// A content script is no module: all of it in one file, and nothing of it global.
await build({
  ...common,
  publicDir: false,
  build: {
    ...options,
    outDir: 'dist',
    rolldownOptions: { input: 'src/content.ts', output: { format: 'iife', entryFileNames: 'content.js' } },
  },
  plugins: [...common.plugins, firefox()],
});

await build({
  ...common,
  build: { ...options, outDir: 'dist-web', rolldownOptions: { input: ['index.html', 'signed-in.html'] } },
  plugins: [...common.plugins, { name: 'no-manifest', closeBundle: () => rm(join(root, 'dist-web/manifest.json'), { force: true }) }],
});

/** Takes from Preact the one way by which a text would become markup. Nobody here uses it, and now nobody can. */
function withoutMarkup() {
  return {
    name: 'without-markup',
    transform(/** @type {string} */ code, /** @type {string} */ id) {
      if (!/\/preact\/dist\/preact\.mjs$/.test(id)) return null;
      const safe = code.replace(/(\w+)\.innerHTML=(?=\w+\.__html)/, '$1.textContent=');
      if (safe === code) throw new Error('Preact sets innerHTML in another way than it did');
      return { code: safe, map: null };
    },
  };
}

/** Copies dist to dist-firefox, without what Firefox does not know and its linter therefore remarks. */
function firefox() {
  return {
    name: 'firefox',
    // One after another: while watching, both builds may end at once.
    writeBundle: () => (copying = copying.then(copy)),
  };
}

async function copy() {
  const [from, to] = [join(root, 'dist'), join(root, 'dist-firefox')];
  // While watching, the smaller build may end first.
  if (!existsSync(join(from, 'manifest.json'))) return;
  await rm(to, { recursive: true, force: true });
  await cp(from, to, { recursive: true });
  const manifest = JSON.parse(await readFile(join(from, 'manifest.json'), 'utf8'));
  delete manifest.minimum_chrome_version;
  delete manifest.background.service_worker;
  manifest.permissions = manifest.permissions.filter((/** @type {string} */ name) => name !== 'offscreen');
  await writeFile(join(to, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}
