// The last look before a request leaves: Yarn's HTTP client follows redirects by itself, and keeps the header on the
// way to the same host and port, be it to another path or over plain http.
import http from 'node:http';
import https from 'node:https';

import type { Lender } from './lender.ts';

/** Takes a header of ours from every request of this process that goes where it must not. */
export function guard(lender: Lender, modules: readonly { request: Request }[] = [http, https]): void {
  for (const module of modules) {
    const { request } = module;
    module.request = function (this: unknown, ...args: unknown[]): unknown {
      scrub(lender, args);
      return Reflect.apply(request as (...args: unknown[]) => unknown, this, args);
    } as typeof request;
  }
}

type Request = typeof http.request;

/** The arguments are a URL and options, or options alone, and perhaps a listener. */
function scrub(lender: Lender, [first, second]: unknown[]): void {
  const isUrl = typeof first === 'string' || first instanceof URL;
  const options = isUrl ? second : first;
  if (typeof options !== 'object' || options === null || !('headers' in options)) return;
  const { headers } = options;
  if (typeof headers !== 'object' || headers === null) return;
  const fields = headers as Record<string, unknown>;
  for (const name of Object.keys(fields)) {
    if (name.toLowerCase() !== 'authorization' || !lender.isOurs(fields[name])) continue;
    // Options alone are no way of Yarn's: where they lead is not worth finding out.
    if (!isUrl || !lender.allows(String(first))) delete fields[name];
  }
}
