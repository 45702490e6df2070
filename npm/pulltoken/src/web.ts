// The entry point for browsers, extensions and edge runtimes.
// As seen from dist/web.
import loadModule, * as wasm from '../../wasm/web/pulltoken.js';
import { PullTokenError } from './error.js';
import { install, isInstalled, type Raw } from './raw.js';

/** Where the module comes from, or the module itself. */
export type WasmSource = string | URL | Request | Response | BufferSource | WebAssembly.Module;

let loading: Promise<void> | undefined;

/**
 * Loads the WebAssembly module. To be awaited once before anything else; further calls do nothing.
 *
 * @param source a URL, a response, the bytes or a compiled module, if not the file beside this one
 * @throws {PullTokenError} `internal` where the module cannot be loaded; another call may try again
 */
export function init(source?: WasmSource | Promise<WasmSource>): Promise<void> {
  if (isInstalled()) return Promise.resolve();
  loading ??= load(source).finally(() => {
    loading = undefined;
  });
  return loading;
}

async function load(source?: WasmSource | Promise<WasmSource>): Promise<void> {
  try {
    // Written out so that bundlers see the file and take it along.
    const own = (): URL => new URL('../../wasm/web/pulltoken_bg.wasm', import.meta.url);
    await loadModule({ module_or_path: source ?? own() });
  } catch (cause) {
    throw new PullTokenError(
      {
        code: 'internal',
        message: 'the WebAssembly module could not be loaded',
        hint: "pass init() the URL of pulltoken_bg.wasm, its bytes or a compiled module; a page's policy needs 'wasm-unsafe-eval'",
      },
      cause,
    );
  }
  install(wasm as unknown as Raw);
}

/** What runs beneath. */
export const runtime: 'native' | 'wasm' = 'wasm';

export * from './api.js';
export { NetrcEntry, ParsedEntry } from './entries.js';
export { PullTokenError } from './error.js';
export type * from './generated/types.js';
