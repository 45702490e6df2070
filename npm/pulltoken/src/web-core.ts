// The entry point `pulltoken/web/core`: `pulltoken/web` without the editors. Every format can be rendered, and all but
// those of TOML and YAML read; `edit` and `remove`, and `parse` of these, answer `format_not_editable`.
// As seen from dist/web.
import load, * as exports from '../../wasm/web-core/pulltoken.js';
import { initializer, type WasmSource } from './wasm-module.js';

/**
 * Loads the WebAssembly module. To be awaited once before anything else; further calls do nothing.
 *
 * @param source a URL, a response, the bytes or a compiled module, if not the file beside this one
 * @throws {PullTokenError} `internal` where the module cannot be loaded; another call may try again
 */
export const init: (source?: WasmSource | Promise<WasmSource>) => Promise<void> = initializer({
  load,
  exports,
  // Written out so that bundlers see the file and take it along.
  own: () => new URL('../../wasm/web-core/pulltoken_bg.wasm', import.meta.url),
  complete: false,
});

export * from './web-api.js';
