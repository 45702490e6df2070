// Loading a WebAssembly module, whichever of the two it is.
import { PullTokenError } from './error.js';
import { install, isInstalled, type Raw } from './raw.js';

/** Where the module comes from, or the module itself. */
export type WasmSource = string | URL | Request | Response | BufferSource | WebAssembly.Module;

/** What loads a module: the glue's own function, its exports, and the file beside it. */
interface Glue {
  load(source: { module_or_path: WasmSource | Promise<WasmSource> }): Promise<unknown>;
  exports: object;
  own(): URL;
  /** Whether it does all that the other one does. */
  complete: boolean;
}

/** The function `init` of an entry point. */
export function initializer(glue: Glue): (source?: WasmSource | Promise<WasmSource>) => Promise<void> {
  let isLoaded = false;
  let loading: Promise<void> | undefined;

  async function load(source?: WasmSource | Promise<WasmSource>): Promise<void> {
    try {
      await glue.load({ module_or_path: source ?? glue.own() });
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
    isLoaded = true;
    // A page may use both entry points; then the complete module serves both.
    if (glue.complete || !isInstalled()) install(glue.exports as Raw);
  }

  return (source) => {
    if (isLoaded || (!glue.complete && isInstalled())) return Promise.resolve();
    loading ??= load(source).finally(() => {
      loading = undefined;
    });
    return loading;
  };
}
