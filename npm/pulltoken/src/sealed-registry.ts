// The sealed registry for tools: a proxy in a process of its own holds the credential, so that neither the tool nor
// the package managers that it starts ever do.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { type CallOptions, signalOf, stopped } from './abort.js';
import { type Failure, PullTokenError, usage } from './error.js';
import loaded from './load.cjs';
import type { ClientOptions } from './options.js';
import { findProgram } from './program.js';
import { isObject } from './values.js';

/** A package manager that the sealed registry knows how to serve. */
export type PackageManagerName = 'npm' | 'pnpm' | 'yarn' | 'bun';

/** Variables of an environment, as `spawn` takes them. */
export interface EnvironmentLike {
  [name: string]: string | undefined;
}

/** Where the credential comes from, and for whom the registry is sealed; addresses and trust as `Client` takes them. */
export interface SealedRegistryOptions extends CallOptions, Omit<ClientOptions, 'token' | 'fetch'> {
  /** The package manager that `env` is for; `npm` if absent. */
  manager?: PackageManagerName | undefined;
  /** The project's folder; the current one if absent. */
  cwd?: string | undefined;
  /** What `env` begins with, and where credentials are looked for; `process.env`, which is not changed, if absent. */
  env?: EnvironmentLike | undefined;
  /** A pair to use; found as `pulltoken get` finds one if absent. */
  credentials?: { readonly username: string; readonly password: string } | undefined;
  /** The identity that this CI job may act as. */
  identity?: string | undefined;
  /** Whether a pull token may be made where there is nothing else; it is deleted at the end where the caller may. */
  mint?: boolean | undefined;
  /** The organisation to make it in. */
  parent?: string | undefined;
  /** How long it lives, a Go duration; `1h` if absent. */
  ttl?: string | undefined;
}

/** A registry that asks for no credential, for as long as it is open. */
export interface SealedRegistry {
  /** The whole environment for the package manager: no secret is in it but the key to the proxy, which ends with it. */
  readonly env: EnvironmentLike;
  /** The same for another package manager. */
  envFor(manager: PackageManagerName): EnvironmentLike;
  /** The repository's URL. */
  readonly registry: string;
  /** The proxy, with the key to it, for clients that are set up by hand. */
  readonly proxyUrl: string;
  /** A file in PEM form with every authority that such a client is to believe. */
  readonly caFile: string;
}

/**
 * Opens the sealed registry, does the work and closes it again, whatever came of the work. The program `pulltoken` holds
 * the credential: that of `PULLTOKEN_BIN`, of this package, or on PATH.
 *
 * @throws {PullTokenError} `command_not_found` where there is no such program; what it says: `no_credentials`,
 *   `network`, …; `interrupted` where the signal came before the registry was open. And what the work throws.
 */
export async function withSealedRegistry<T>(
  options: SealedRegistryOptions,
  work: (sealed: SealedRegistry) => T | PromiseLike<T>,
): Promise<T> {
  const name = 'withSealedRegistry';
  const signal = signalOf(name, options);
  if (typeof work !== 'function') throw usage(`${name}: expected a function`, 'pass what is to be done with the registry');
  if (signal?.aborted === true) throw stopped(signal);
  const inherited: EnvironmentLike = { ...(options.env ?? process.env) };
  const path = program(inherited);
  const child = spawn(path, arguments_(options), {
    cwd: options.cwd,
    env: withPair(inherited, options),
    stdio: 'pipe',
    windowsHide: true,
  });
  // It serves until its standard input is closed, if only because this process ended.
  const ended = once(child, 'close').catch((cause: unknown) => Promise.reject(unstartable(path, cause))) as Promise<[number | null]>;
  const close = (): void => void child.stdin.end();
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-MOST)));
  child.stdin.on('error', () => {});
  signal?.addEventListener('abort', close);
  try {
    const line = await Promise.race([
      once(createInterface(child.stdout), 'line').then(([text]) => text as string),
      ended.then(([code]) => Promise.reject(signal?.aborted === true ? stopped(signal) : failure(said, code))),
    ]);
    // What the child does after its line is no failure of anybody's.
    ended.catch(() => {});
    return await work(opened(line, inherited, options.manager ?? 'npm'));
  } finally {
    signal?.removeEventListener('abort', close);
    close();
    await ended.catch(() => {});
  }
}

/** How much is kept of what the program says. */
const MOST = 64 * 1024;
const MANAGERS: readonly string[] = ['npm', 'pnpm', 'yarn', 'bun'] satisfies PackageManagerName[];

function program(variables: EnvironmentLike): string {
  const path = findProgram(variables, loaded.folders);
  if (path !== undefined) return path;
  const message = 'withSealedRegistry: the program `pulltoken` was not found';
  throw new PullTokenError({ code: 'command_not_found', message, hint: 'install it, or name it in PULLTOKEN_BIN' });
}

function arguments_(options: SealedRegistryOptions): string[] {
  const { api, issuer, registry, connectTo, caFile, identity, parent, ttl } = options;
  const flags = {
    ...{ api, issuer, registry, 'ca-file': caFile, identity, parent, ttl },
    'connect-to': connectTo === undefined ? undefined : String(connectTo),
  };
  return [
    ...['agent', '--stdio', '--output=json'],
    ...Object.entries(flags).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`])),
    ...(options.mint === true ? ['--mint'] : []),
  ];
}

/** The pair goes to the program by its environment alone: arguments are public. */
function withPair(inherited: EnvironmentLike, { credentials }: SealedRegistryOptions): EnvironmentLike {
  if (credentials === undefined) return inherited;
  const { username, password } = credentials;
  return { ...inherited, CHAINGUARD_JAVASCRIPT_IDENTITY_ID: username, CHAINGUARD_JAVASCRIPT_TOKEN: password };
}

/** What the program's line says. */
function opened(line: string, inherited: EnvironmentLike, manager: PackageManagerName): SealedRegistry {
  const { proxyUrl, caFile, registry, env } = serving(line);
  const envFor = (wanted: PackageManagerName): EnvironmentLike => {
    if (!MANAGERS.includes(wanted)) throw usage(`withSealedRegistry: no package manager \`${String(wanted).slice(0, 40)}\``, 'npm, pnpm, yarn or bun');
    const changes = env[wanted];
    // Without them it would run as if nothing were sealed.
    if (changes === undefined) throw broken('says nothing of this package manager');
    const changed: EnvironmentLike = { ...inherited };
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) delete changed[name];
      else changed[name] = value;
    }
    return changed;
  };
  return { env: envFor(manager), envFor, registry, proxyUrl, caFile };
}

/** Where the program serves, and what each package manager's environment gets or loses. */
interface Serving {
  proxyUrl: string;
  caFile: string;
  registry: string;
  env: Record<string, Record<string, string | null> | undefined>;
}

function serving(line: string): Serving {
  try {
    const told: unknown = JSON.parse(line);
    if (isObject(told) && isObject(told['env'])) return told as unknown as Serving;
  } catch {
    // No cause: it would show a part of the line, which may hold the key to the proxy.
  }
  throw broken('does not say where it serves');
}

/** The program's own words: one line of JSON, perhaps below others. */
function failure(said: string, code: number | null): PullTokenError {
  const line = said.trimEnd().split('\n').at(-1) ?? '';
  try {
    const told: unknown = JSON.parse(line);
    if (isObject(told) && typeof told['code'] === 'string' && typeof told['message'] === 'string') {
      return new PullTokenError(told as unknown as Failure);
    }
  } catch {
    // Not of ours: its text may be anything.
  }
  return broken(`ended with ${code ?? 'a signal'} before it served`);
}

/** What no program of ours does. */
function broken(what: string): PullTokenError {
  const message = `withSealedRegistry: \`pulltoken agent\` ${what}`;
  return new PullTokenError({ code: 'internal', message, hint: 'run `pulltoken agent --stdio` yourself to see why' });
}

/** Node blames the program also where the folder that it was to start in is not there. */
function unstartable(path: string, cause: unknown): PullTokenError {
  return usage(`withSealedRegistry: ${path} does not start`, 'see the cause, and whether the folder `cwd` is there', cause);
}
