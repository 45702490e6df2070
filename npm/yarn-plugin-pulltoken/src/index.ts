// The plugin: two hooks, and a signal that would open a debugger.
import type { Configuration, Executor, NetworkRequest } from '@yarnpkg/core';

import { guard } from './guard.ts';
import { Lender, type Loan } from './lender.ts';
import { send, withoutOurs } from './request.ts';
import { wayOfProject } from './way.ts';

const lender = new Lender();

// Unless somebody listens, this signal opens an inspector, by which a script of the same user reads what is
// in this process's memory.
if (process.platform !== 'win32') process.on('SIGUSR1', () => {});

guard(lender);

/** Gives every request of the registry's its header, and takes it from every other. */
async function wrapNetworkRequest(executor: Executor, request: NetworkRequest): Promise<Executor> {
  const url = String(request.target);
  const loan = lender.isForRegistry(url) ? await lend(url, request.configuration) : undefined;
  if (loan?.header === undefined) withoutOurs(request, lender);
  return loan === undefined ? executor : send(executor, request, url, loan);
}

/** Answers where Yarn wants a header before it knows the URL: Yarn 3, and `npmAlwaysAuth` in both. */
async function getNpmAuthenticationHeader(
  current: string | undefined,
  registry: string,
  { configuration }: { configuration: Configuration },
): Promise<string | undefined> {
  const url = registry.endsWith('/') ? registry : `${registry}/`;
  if (current !== undefined || !lender.isForRegistry(url)) return current;
  return (await lend(url, configuration)).header;
}

/** What a request gets, unless the project has a say in who reads it. */
async function lend(url: string, configuration: Configuration): Promise<Loan> {
  const reason = wayOfProject(configuration, new URL(url));
  return reason === undefined ? lender.lend(url) : { reason };
}

export const plugin = { hooks: { wrapNetworkRequest, getNpmAuthenticationHeader } };
