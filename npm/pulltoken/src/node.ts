// The entry point for Node, Bun and Deno.
import { lend, type RawClient } from './client.js';
import loaded from './load.cjs';
import { install, type Raw } from './raw.js';

install(loaded.raw as Raw);
if (loaded.runtime === 'native') lend(loaded.raw as RawClient);

/** What runs beneath: the native module, or WebAssembly where there is none for this machine. */
export const runtime: 'native' | 'wasm' = loaded.runtime;

export * from './api.js';
export { Client } from './client.js';
export type { AbortSignalLike, ClientOptions, CreatePullTokenOptions } from './client.js';
export { NetrcEntry, ParsedEntry } from './entries.js';
export { PullTokenError } from './error.js';
export type * from './generated/types.js';
export { PullToken } from './pull-token.js';
