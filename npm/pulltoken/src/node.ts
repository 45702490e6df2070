// The entry point for Node, Bun and Deno.
import { hostname } from 'node:os';

import loaded from './load.cjs';
import { install, type Raw } from './raw.js';
import { surround } from './surroundings.js';

install(loaded.raw as Raw);
surround({
  variable: (name) => process.env[name] || undefined,
  place: hostname,
  binding: (hasOwnFetch) => (hasOwnFetch ? loaded.loadWasm() : loaded.raw) as Raw,
  ruledConnections: loaded.runtime === 'native',
});

/** What runs beneath: the native module, or WebAssembly where there is none for this machine. */
export const runtime: 'native' | 'wasm' = loaded.runtime;

export * from './api.js';
export * from './client-api.js';
export { FoundCredentials, getCredentials } from './credentials.js';
export type { GetCredentialsOptions } from './credentials.js';
export { NetrcEntry, ParsedEntry } from './entries.js';
export { type Failure, PullTokenError } from './error.js';
export type * from './generated/types.js';
export { createRegistryAuth } from './registry-auth.js';
export type { NpmOptions, RegistryAuth, RegistryAuthOptions } from './registry-auth.js';
export { withSealedRegistry } from './sealed-registry.js';
export type { EnvironmentLike, PackageManagerName, SealedRegistry, SealedRegistryOptions } from './sealed-registry.js';
