// What a browser downloads: the two WebAssembly modules with their JavaScript, what they would weigh without calls
// to the platform, and the packages that do parts of the same, each bundled whole and minified.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';

const REPLACED = ['jose', 'netrc-parser', 'ini', 'yaml', 'smol-toml', 'fast-xml-parser', 'dotenv'];

/** Bytes after gzip, by name. `pure` are the modules without calls to the platform, the one with editors last. */
export async function sizes(packageRoot, vite, [pure, editing]) {
  const { build } = await import(pathToFileURL(createRequire(vite).resolve('rolldown')));
  const entries = join(import.meta.dirname, 'entries');
  mkdirSync(entries, { recursive: true });

  const bundled = async (name, source) => {
    const input = join(entries, `${name}.js`);
    // Kept as a whole: `export *` alone would drop what a CommonJS module exports.
    writeFileSync(input, `import * as all from ${JSON.stringify(source)};\nexport { all };\n`);
    const bundle = await build({ input, write: false, platform: 'node', logLevel: 'silent', output: { minify: true } });
    return bundle.output.reduce((sum, file) => sum + (file.type === 'chunk' ? zipped(file.code) : 0), 0);
  };
  const ours = async (title, entry, folder) => {
    const module = zipped(readFileSync(join(packageRoot, 'wasm', folder, 'pulltoken_bg.wasm')));
    const script = await bundled(entry, join(packageRoot, 'dist', 'web', `${entry}.js`));
    return [
      { name: `${title}, the module`, bytes: module },
      { name: `${title}, its JavaScript`, bytes: script },
    ];
  };

  const replaced = [];
  for (const name of REPLACED) replaced.push({ name, bytes: await bundled(name, name) });
  const all = replaced.reduce((sum, { bytes }) => sum + bytes, 0);
  return [
    { name: 'the pure functions alone, a module', bytes: zipped(readFileSync(pure)) },
    { name: 'the pure functions and editors', bytes: zipped(readFileSync(editing)) },
    ...(await ours('pulltoken/web/core', 'web-core', 'web-core')),
    ...(await ours('pulltoken/web', 'web', 'web')),
    ...replaced,
    { name: 'these packages together', bytes: all },
  ];
}

function zipped(content) {
  return gzipSync(content, { level: 9 }).length;
}
