// The host of an ordinary page: everything lies in the tab, and is gone with it.
import { beginSignIn, init } from 'pulltoken/web/core';
import { readOrganization } from '../../console/organization';
import { clear, CLIPBOARD_MINUTES, digest } from '../clipboard';
import { interrupted, refused } from '../failure';
import type { Host, Session, Settings, SignIn } from '../host';
import { readSettings, samePlaces } from '../places';
import { byCode, byToken, renew } from '../platform';
import { Sessions, type SessionStore, type StoredSession } from '../sessions';
import { brought, unproven, type Unproven } from '../unproven';
import { openWindow, type SignInWindow } from './window';

const KEYS = { session: 'pulltoken.session', settings: 'pulltoken.settings' } as const;

export class PageHost implements Host {
  readonly #listeners = new Set<(session: Session | undefined) => void>();
  readonly #sessions = new Sessions(tabStore, () => this.settings(), renew);
  readonly #given: Promise<unknown>;
  #unproven: Unproven | undefined;

  /** `settings` is the address of a file with the settings to begin with, if there is one. */
  constructor(settings: string) {
    this.#given = fetch(settings).then((answer) => (answer.ok ? answer.json() : undefined), () => undefined);
  }

  async settings(): Promise<Settings> {
    const saved = sessionStorage.getItem(KEYS.settings);
    return readSettings(saved === null ? await this.#given : JSON.parse(saved));
  }

  async saveSettings(settings: Settings): Promise<void> {
    const before = await this.settings();
    sessionStorage.setItem(KEYS.settings, JSON.stringify(settings));
    if (!samePlaces(before, settings)) await this.signOut();
  }

  session(): Promise<Session | undefined> {
    return this.#sessions.current();
  }

  onSession(listener: (session: Session | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async signIn(way: SignIn, signal?: AbortSignal): Promise<Session> {
    const session = await this.#sessions.keep(await this.#signedIn(way, signal));
    this.#tell(session);
    return session;
  }

  async unconfirmed(): Promise<string | undefined> {
    return this.#unproven?.who;
  }

  async confirm(isThem: boolean): Promise<void> {
    const found = this.#unproven;
    this.#unproven = undefined;
    if (isThem && found !== undefined) this.#tell(await this.#sessions.keep(found.session));
  }

  async signOut(): Promise<void> {
    await this.#sessions.forget();
    this.#tell(undefined);
  }

  async copy(text: string): Promise<void> {
    await navigator.clipboard.writeText(text);
    const copied = await digest(text);
    // A page may read the clipboard only where the person allows it; without that, it stays as it is.
    setTimeout(() => void clear(navigator.clipboard, copied).catch(() => {}), CLIPBOARD_MINUTES * 60_000);
  }

  async organization(): Promise<string | undefined> {
    return readOrganization(new URLSearchParams(location.hash.slice(1)).get('organization'));
  }

  async #signedIn(way: SignIn, signal: AbortSignal | undefined): Promise<StoredSession> {
    // Opened first: later, it would not be the click that opens it.
    if (way.kind === 'browser') return this.#inWindow(openWindow(), signal);
    const settings = await this.settings();
    return way.kind === 'token' ? byToken(settings, way.token, signal) : byCode(settings, way.onCode, signal);
  }

  async #inWindow(window: SignInWindow | undefined, signal: AbortSignal | undefined): Promise<StoredSession> {
    if (window === undefined) throw refused('failure_no_window');
    try {
      return await this.#visited(window, signal);
    } finally {
      window.close();
    }
  }

  async #visited(window: SignInWindow, signal: AbortSignal | undefined): Promise<StoredSession> {
    const [settings] = await Promise.all([this.settings(), init()]);
    const redirect = new URL('signed-in.html', location.href).href.replace(/[?#].*$/, '');
    const begun = beginSignIn({ api: settings.api, issuer: settings.issuer, redirect });
    const answer = await window.visit(begun.url, begun.nonce, signal);
    if (answer === undefined) throw interrupted('failure_window_closed');
    const found = await brought(begun, answer, settings);
    this.#unproven = found.isProven ? undefined : found;
    if (!found.isProven) throw unproven();
    return found.session;
  }

  #tell(session: Session | undefined): void {
    for (const listener of this.#listeners) listener(session);
  }
}

const tabStore: SessionStore = {
  read: async () => JSON.parse(sessionStorage.getItem(KEYS.session) ?? 'null') as unknown,
  write: async (session) => {
    if (session === undefined) sessionStorage.removeItem(KEYS.session);
    else sessionStorage.setItem(KEYS.session, JSON.stringify(session));
  },
  // A copy of the tab has the same refresh token.
  alone: (work) => navigator.locks.request('pulltoken.session', work),
};
