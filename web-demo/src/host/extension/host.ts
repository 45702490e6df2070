// The host of an extension's own pages. What outlives a popup is done by the background.
import { PullTokenError } from 'pulltoken/web/core';
import { readOrganization } from '../../console/organization';
import type { Answer, PageMessage } from '../../background/messages';
import { CLIPBOARD_MINUTES, digest } from '../clipboard';
import { interrupted } from '../failure';
import type { Host, Session, Settings, SignIn } from '../host';
import { hostPattern, samePlaces } from '../places';
import { byCode, byToken, renew } from '../platform';
import { readStored, Sessions, shown } from '../sessions';
import { readUnproven, type Unproven } from '../unproven';
import { ALARM } from './alarms';
import { take } from './opened';
import { permitted } from './permissions';
import { LOCAL, loadSettings, SESSION, sessionStore } from './storage';

export class ExtensionHost implements Host {
  readonly #sessions = new Sessions(sessionStore, loadSettings, renew);
  #organization: Promise<string | undefined> | undefined;
  /** As they were last read. A click may be used up by waiting for them. */
  #known: Settings | undefined;

  async settings(): Promise<Settings> {
    this.#known = await loadSettings();
    return this.#known;
  }

  async saveSettings(settings: Settings): Promise<void> {
    const before = await loadSettings();
    await chrome.storage.local.set({ [LOCAL.settings]: settings });
    if (!samePlaces(before, settings)) await this.signOut();
  }

  session(): Promise<Session | undefined> {
    return this.#sessions.current();
  }

  onSession(listener: (session: Session | undefined) => void): () => void {
    const changed = (changes: Record<string, chrome.storage.StorageChange>): void => {
      const change = changes[SESSION.session];
      if (change === undefined) return;
      const stored = readStored(change.newValue);
      listener(stored && shown(stored));
    };
    chrome.storage.session.onChanged.addListener(changed);
    return () => chrome.storage.session.onChanged.removeListener(changed);
  }

  async signIn(way: SignIn, signal?: AbortSignal): Promise<Session> {
    const settings = this.#known ?? (await this.settings());
    switch (way.kind) {
      case 'browser': {
        await this.#inSpareWindow(signal);
        const session = await this.session();
        if (session === undefined) throw interrupted('failure_session_gone');
        return session;
      }
      case 'device':
        await permitted(settings.device ? [hostPattern(settings.device.provider)] : []);
        return this.#sessions.keep(await byCode(settings, way.onCode, signal));
      case 'token':
        return this.#sessions.keep(await byToken(settings, way.token, signal));
    }
  }

  async unconfirmed(): Promise<string | undefined> {
    return (await this.#unproven())?.who;
  }

  async confirm(isThem: boolean): Promise<void> {
    const found = await this.#unproven();
    await chrome.storage.session.remove(SESSION.unproven);
    if (isThem && found !== undefined) await this.#sessions.keep(found.session);
  }

  signOut(): Promise<void> {
    return ask({ kind: 'sign-out' });
  }

  async copy(text: string): Promise<void> {
    await navigator.clipboard.writeText(text);
    await chrome.storage.session.set({ [SESSION.copied]: await digest(text) });
    await chrome.alarms.create(ALARM.clipboard, { delayInMinutes: CLIPBOARD_MINUTES });
  }

  organization(): Promise<string | undefined> {
    // Taken once, and the same for every view of this page.
    this.#organization ??= take().then((left) => left ?? fromAddress());
    return this.#organization;
  }

  async #unproven(): Promise<Unproven | undefined> {
    return readUnproven((await chrome.storage.session.get(SESSION.unproven))[SESSION.unproven]);
  }

  /** The window in which a person signs in takes the focus, and with it goes the popup: only the background lives on. */
  async #inSpareWindow(signal: AbortSignal | undefined): Promise<void> {
    const stopped = interrupted('failure_stopped');
    if (signal?.aborted === true) throw stopped;
    const { promise, reject } = Promise.withResolvers<never>();
    const stop = (): void => {
      // Whatever the window still brings is thrown away there. Nobody waits for it here.
      ask({ kind: 'stop-signing-in' }).catch(() => {});
      reject(stopped);
    };
    signal?.addEventListener('abort', stop, { once: true });
    try {
      await Promise.race([ask({ kind: 'sign-in' }), promise]);
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }
}

/** Asks the background. */
async function ask(message: PageMessage): Promise<void> {
  const answer = await chrome.runtime.sendMessage<PageMessage, Answer | undefined>(message).catch((cause: unknown) => {
    throw interrupted('failure_background_gone', cause);
  });
  if (answer === undefined) throw interrupted('failure_background_gone');
  if (!answer.ok) throw new PullTokenError(answer.failure);
}

/** Where no popup could be opened, a tab was, which has it in its address. */
function fromAddress(): string | undefined {
  return readOrganization(new URLSearchParams(location.hash.slice(1)).get('organization'));
}
