// A client of the platform, over what the native module lends.
import { hostname } from 'node:os';

import { PullTokenError, usage } from './error.js';
import type { Endpoints, NewPullToken, PullTokenFields, Warning } from './generated/types.js';
import { PullToken } from './pull-token.js';
import { encode, unwrap } from './raw.js';
import { isObject, revive, type Wire } from './values.js';

/** The asynchronous functions of the native module. */
export interface RawClient {
  Cancellation: new () => { cancel(): void };
  createPullToken(args: string, cancellation: object): Promise<string>;
}

/** What is needed of an `AbortSignal`. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** Where the platform is and who asks. What is absent comes from the variables that the command line reads. */
export interface ClientOptions extends Endpoints {
  /** A session whose audience is the API, or what gives one; the variable `PULLTOKEN_SESSION_TOKEN` if absent. */
  token?: string | (() => string | Promise<string>) | undefined;
}

/** What to make, and how to follow it. */
export interface CreatePullTokenOptions extends NewPullToken {
  /** Stops the call; what was begun is taken back. */
  signal?: AbortSignalLike | undefined;
  /** Called for everything that could not be made sure of. */
  onWarning?: ((warning: Pick<Warning, 'code' | 'message'>) => void) | undefined;
}

/** Calls the platform for one session. */
export class Client {
  readonly #options: ClientOptions;

  constructor(options: ClientOptions = {}) {
    if (!isObject(options)) throw usage('Client: expected an object of options', 'see the type ClientOptions');
    this.#options = { ...options };
  }

  /**
   * Makes a pull token: an identity with a key of its own, and a role binding for each ecosystem. Where a step
   * fails, or `signal` aborts, what was made is deleted again.
   *
   * @throws {PullTokenError} `not_signed_in`, `session_expired`, `session_unusable`; `capability_missing`,
   *   `entitlement_missing`, `organization_not_found`, `parent_required`, `ambiguous_parent`, `role_not_found`,
   *   `ecosystem_required` before anything is made; what the platform or the network answered; `interrupted`;
   *   `rollback_failed` names what is left
   */
  async createPullToken(options: CreatePullTokenOptions): Promise<PullToken> {
    const name = 'createPullToken';
    const { signal, onWarning, ...token } = isObject(options)
      ? (options as CreatePullTokenOptions)
      : { signal: undefined };
    const session = await this.#session(name);
    const args = { client: this.#endpoints(), session, token: isObject(options) ? token : options, place: hostname() };
    const answer = await cancellable(signal, (raw, cancellation) =>
      raw.createPullToken(encode(name, args), cancellation),
    );
    const made = unwrap<{ token: Wire<PullTokenFields>; warnings: Pick<Warning, 'code' | 'message'>[] }>(answer);
    if (typeof onWarning === 'function') for (const warning of made.warnings) onWarning(warning);
    return new PullToken(revive<PullTokenFields>(made.token, 'createdAt', 'expiresAt'));
  }

  #endpoints(): Endpoints {
    const { api, issuer, registry } = this.#options;
    return {
      api: api ?? variable('PULLTOKEN_API'),
      issuer: issuer ?? variable('PULLTOKEN_ISSUER'),
      registry: registry ?? variable('PULLTOKEN_REGISTRY'),
    };
  }

  async #session(name: string): Promise<unknown> {
    const { token } = this.#options;
    if (typeof token !== 'function') return token ?? variable('PULLTOKEN_SESSION_TOKEN') ?? '';
    try {
      return await token();
    } catch (cause) {
      throw new PullTokenError(
        {
          code: 'not_signed_in',
          message: `${name}: the function that gives the session failed`,
          hint: 'see the cause',
        },
        cause,
      );
    }
  }
}

let native: RawClient | undefined;

/** Lends the native module's calls. */
export function lend(raw: RawClient): void {
  native = raw;
}

async function cancellable(
  signal: AbortSignalLike | undefined,
  call: (raw: RawClient, cancellation: object) => Promise<string>,
): Promise<string> {
  if (native === undefined) {
    throw new PullTokenError({
      code: 'unimplemented',
      message: `there is no native module for ${process.platform}-${process.arch}, which talks to the platform`,
      hint: 'use the command line, or build the module with `cargo xtask build`',
    });
  }
  if (signal === undefined || signal === null) return call(native, new native.Cancellation());
  if (!isObject(signal) || typeof signal.addEventListener !== 'function') {
    throw usage('expected an AbortSignal in `signal`', 'pass the signal of an AbortController, or leave it out');
  }
  if (signal.aborted) {
    const failure = {
      code: 'interrupted',
      message: 'interrupted: nothing was made',
      hint: 'run it again when you are ready',
    } as const;
    throw new PullTokenError(failure, signal.reason);
  }
  const cancellation = new native.Cancellation();
  const cancel = (): void => cancellation.cancel();
  signal.addEventListener('abort', cancel);
  try {
    return await call(native, cancellation);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/** A variable of the environment; an empty one is none. */
function variable(name: string): string | undefined {
  return process.env[name] || undefined;
}
