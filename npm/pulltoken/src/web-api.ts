// What both entry points of the web export beside `init`.

/** What runs beneath. */
export const runtime: 'native' | 'wasm' = 'wasm';

export * from './api.js';
export { NetrcEntry, ParsedEntry } from './entries.js';
export { PullTokenError } from './error.js';
export type * from './generated/types.js';
export type { WasmSource } from './wasm-module.js';
