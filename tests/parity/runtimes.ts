// The bindings under test: the native module, and the WebAssembly module in Node.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import * as native from 'pulltoken';
import * as web from 'pulltoken/web';

/** What both entry points offer. */
export type Api = Omit<typeof native, 'createRegistryAuth' | 'getCredentials' | 'FoundCredentials' | 'withSealedRegistry'>;

export const packageRoot = dirname(createRequire(import.meta.url).resolve('pulltoken/package.json'));

/** What a call before `init` ends in. The native module is loaded by then, and must make no difference. */
export const early: unknown = (() => {
  try {
    return web.parseTtl('1h');
  } catch (error) {
    return error;
  }
})();

await web.init(readFile(join(packageRoot, 'wasm', 'web', 'pulltoken_bg.wasm')));

export const runtimes: [name: string, api: Api][] = [
  ['native', native],
  ['wasm', web],
];
