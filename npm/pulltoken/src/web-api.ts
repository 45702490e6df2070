// What both entry points of the web export beside `init`.
import { binding } from './raw.js';
import { surround } from './surroundings.js';

surround({
  variable: () => undefined,
  // A page has an address; a service worker and an edge runtime may have none that says anything.
  place: () => (globalThis as { location?: { host?: string } }).location?.host || 'the web',
  binding: () => binding('Client'),
  ruledConnections: false,
});

/** What runs beneath. */
export const runtime: 'native' | 'wasm' = 'wasm';

export * from './api.js';
export * from './client-api.js';
export { NetrcEntry, ParsedEntry } from './entries.js';
export { type Failure, PullTokenError } from './error.js';
export type * from './generated/types.js';
export type { WasmSource } from './wasm-module.js';
