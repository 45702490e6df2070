// Bundles src, the WebAssembly module included, to one file that Yarn loads before anything is installed.
// The module comes from `cargo xtask build`.
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';

import { rolldown } from 'rolldown';

const root = dirname(import.meta.dirname);

/** A module as the text of its compressed bytes. */
const compressed = {
  name: 'compressed',
  load: {
    filter: { id: /\.wasm$/ },
    async handler(id) {
      return { code: `export default '${brotliCompressSync(await readFile(id)).toString('base64')}'`, moduleType: 'js' };
    },
  },
};

/** Node's own modules by the only names that Yarn knows for them. */
const builtin = {
  name: 'builtin',
  resolveId: {
    filter: { id: /^node:/ },
    handler: (id) => ({ id: id.slice('node:'.length), external: true }),
  },
};

const bundle = await rolldown({
  input: join(root, 'src', 'index.ts'),
  external: ['@yarnpkg/core'],
  plugins: [compressed, builtin],
  resolve: {
    alias: { '#wasm/glue': join(root, 'wasm', 'pulltoken.js'), '#wasm/module': join(root, 'wasm', 'pulltoken_bg.wasm') },
    extensionAlias: { '.js': ['.ts', '.js'] },
  },
  platform: 'node',
});
// `yarn plugin import` first evaluates the file where there is no `require`: everything stands in the factory. What
// the factory is given knows Node's modules without the prefix `node:` alone.
const { output } = await bundle.write({
  file: join(root, 'dist', 'yarn-plugin-pulltoken.cjs'),
  format: 'cjs',
  minify: { mangle: false, compress: true, codegen: true },
  banner: 'module.exports={name:"plugin-pulltoken",factory:function(require){const exports={};',
  footer: 'return exports.plugin}};',
});
await bundle.close();
if (output.length !== 1) throw new Error(`not one file: ${output.map(({ fileName }) => fileName).join(', ')}`);
