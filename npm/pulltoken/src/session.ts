// A session just opened.
import type { SessionFields } from './generated/types.js';
import { Sealed } from './sealed.js';
import { revive, type Wire } from './values.js';

export interface Session extends Omit<SessionFields, 'token' | 'refreshToken'> {}

/**
 * A session, and what renews it. Both tokens are shown only when read by name, not by `console.log`,
 * `JSON.stringify` or a spread. `token` is what a `Client` takes.
 */
export class Session extends Sealed {
  /** @internal */
  constructor({ token, refreshToken, ...fields }: SessionFields) {
    super(fields, { token, refreshToken });
  }

  /** The access token. */
  get token(): string {
    return this.read('token') ?? '';
  }

  /** What renews it, once; absent where the issuer gave none. */
  get refreshToken(): string | undefined {
    return this.read('refreshToken');
  }

  /** All of it as a plain object, the tokens included. */
  toPlain(): SessionFields {
    const { audience, subject, expiresAt, renewableUntil, token, refreshToken } = this;
    return { audience, subject, expiresAt, renewableUntil, token, refreshToken: refreshToken ?? null };
  }
}

/** A session as it comes over the wire. */
export function opened(fields: Wire<SessionFields>): Session {
  return new Session(revive<SessionFields>(fields, 'expiresAt', 'renewableUntil'));
}

/** Several of them. */
export function sessions(list: Wire<SessionFields>[]): Session[] {
  return list.map(opened);
}
