// The core: a WebAssembly module in this very file, started when the registry is first asked for something.
import * as glue from '#wasm/glue';
import compressed from '#wasm/module';
import { brotliDecompressSync } from 'node:zlib';

import { authorizationHeader, inspectCredentials } from '../../pulltoken/src/api.ts';
import type { CredentialReport } from '../../pulltoken/src/generated/types.ts';
import { install, isInstalled, type Raw } from '../../pulltoken/src/raw.ts';
import type { Credential } from './credential.ts';

function start(): void {
  if (isInstalled()) return;
  const bytes = brotliDecompressSync(Buffer.from(compressed, 'base64'));
  glue.initSync({ module: bytes });
  install(glue as object as Raw);
}

/** The header for a URL, or nothing where the credential must not go. */
export function header(url: string, { username, password }: Credential, registry: string): string | undefined {
  start();
  return authorizationHeader(url, { username, password }, { registry });
}

/** What can be said of a pair by looking at it. */
export function inspect(username: string, password: string): CredentialReport {
  start();
  return inspectCredentials({ username, password }, { ecosystem: 'javascript' });
}
