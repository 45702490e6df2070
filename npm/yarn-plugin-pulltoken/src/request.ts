// A request on its way: the header goes in, and what the registry refuses is explained.
import { type Executor, type NetworkAnswer, type NetworkRequest, YarnVersion, httpUtils } from '@yarnpkg/core';

import type { Lender, Loan } from './lender.ts';
import { explained } from './refusal.ts';

/** Yarn 4 sends what a hook makes of the request; Yarn 3 sends what it had before. */
const SENDS_WHAT_IT_SHOWS = Number.parseInt(YarnVersion ?? '4', 10) >= 4;

/** Sends a request to the registry, with the header where there is one. */
export function send(executor: Executor, request: NetworkRequest, url: string, loan: Loan): Executor {
  const { header } = loan;
  const current = named(request.headers);
  let sender = executor;
  if (header !== undefined && current.every((name) => request.headers?.[name] !== header)) {
    const headers = { ...request.headers };
    for (const name of current) delete headers[name];
    headers['authorization'] = header;
    if (SENDS_WHAT_IT_SHOWS) {
      request.headers = headers;
    } else {
      // Comes by here once more, with the header in it.
      const { target, body, ...options } = request;
      return () => httpUtils.request(target, body, { ...options, headers });
    }
  }
  return async (): Promise<NetworkAnswer> => {
    try {
      return await sender();
    } catch (error) {
      throw explained(error, url, loan) ?? error;
    }
  };
}

/** Takes a header of ours from a request to somebody else: Yarn puts it there for a package whose download is elsewhere. */
export function withoutOurs(request: NetworkRequest, lender: Lender): void {
  const { headers } = request;
  // In place, which counts in both versions.
  for (const name of named(headers)) if (lender.isOurs(headers?.[name])) delete headers?.[name];
}

/** The spellings under which a request has an Authorization header. */
function named(headers: NetworkRequest['headers']): string[] {
  return Object.keys(headers ?? {}).filter((name) => name.toLowerCase() === 'authorization');
}
