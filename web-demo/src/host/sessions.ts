// The one session: for which places it is, when it is renewed, and when it is over.
import { PullTokenError } from 'pulltoken/web/core';
import type { Session, Settings } from './host';

/** A session at rest. It is only ever for the places that gave it. */
export interface StoredSession {
  token: string;
  refreshToken?: string;
  /** What it opens, where that is known: it is renewed for the same. */
  audience?: string;
  /** Milliseconds since 1970. */
  expiresAt?: number;
  api: string;
  issuer: string;
}

/** Where it rests: what dies with the browser, or with the page. */
export interface SessionStore {
  read(): Promise<unknown>;
  write(session: StoredSession | undefined): Promise<void>;
  /** Runs `work` while nobody else does, in any window. */
  alone<T>(work: () => Promise<T>): Promise<T>;
}

/** Exchanges the refresh token, which is used up thereby. */
export type Renew = (session: StoredSession, refreshToken: string) => Promise<StoredSession>;

/** What is left of a session when it is renewed: enough for the calls of one view. */
const MARGIN = 60_000;

/** What says that there is nothing left to renew. */
const OVER: ReadonlySet<string> = new Set(['unauthenticated', 'permission_denied', 'sign_in_refused', 'session_expired', 'session_unusable', 'invalid_argument']);

export class Sessions {
  readonly #store: SessionStore;
  readonly #settings: () => Promise<Settings>;
  readonly #renew: Renew;
  readonly #now: () => number;

  constructor(store: SessionStore, settings: () => Promise<Settings>, renew: Renew, now: () => number = Date.now) {
    this.#store = store;
    this.#settings = settings;
    this.#renew = renew;
    this.#now = now;
  }

  /** The session for the places of the settings, renewed if it is about to end. */
  async current(): Promise<Session | undefined> {
    const stored = await this.#read();
    if (stored === undefined || this.#left(stored) > MARGIN) return stored && shown(stored);
    return this.#store.alone(() => this.#renewed());
  }

  async keep(session: StoredSession): Promise<Session> {
    await this.#store.alone(() => this.#store.write(session));
    return shown(session);
  }

  /** Waits for a renewal that is under way, which would bring the session back. */
  async forget(): Promise<void> {
    await this.#store.alone(() => this.#store.write(undefined));
  }

  async #renewed(): Promise<Session | undefined> {
    // Somebody else may have done it meanwhile.
    const stored = await this.#read();
    if (stored === undefined || this.#left(stored) > MARGIN) return stored && shown(stored);
    const { refreshToken } = stored;
    if (refreshToken !== undefined) {
      try {
        const renewed = await this.#renew(stored, refreshToken);
        await this.#store.write(renewed);
        return shown(renewed);
      } catch (error) {
        const isOver = error instanceof PullTokenError && OVER.has(error.code);
        if (!isOver && this.#left(stored) <= 0) throw error;
      }
    }
    if (this.#left(stored) > 0) return shown(stored);
    await this.#store.write(undefined);
    return undefined;
  }

  async #read(): Promise<StoredSession | undefined> {
    const [stored, { api, issuer }] = await Promise.all([this.#store.read(), this.#settings()]);
    const session = readStored(stored);
    return session?.api === api && session.issuer === issuer ? session : undefined;
  }

  #left({ expiresAt }: StoredSession): number {
    return (expiresAt ?? Number.POSITIVE_INFINITY) - this.#now();
  }
}

/** What a storage held, if it is a session. */
export function readStored(value: unknown): StoredSession | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { token, refreshToken, audience, expiresAt, api, issuer } = value as Record<string, unknown>;
  if (typeof token !== 'string' || typeof api !== 'string' || typeof issuer !== 'string') return undefined;
  return {
    token, api, issuer,
    ...(typeof refreshToken === 'string' ? { refreshToken } : {}),
    ...(typeof audience === 'string' ? { audience } : {}),
    ...(typeof expiresAt === 'number' ? { expiresAt } : {}),
  };
}

/** What a view gets of it: nothing that renews it. */
export function shown({ token, expiresAt }: StoredSession): Session {
  return expiresAt === undefined ? { token } : { token, expiresAt: new Date(expiresAt) };
}
