// What an extension keeps, and where. A session and all that belongs to it lies in the memory of the browser alone.
import type { Settings } from '../host';
import { readSettings } from '../places';
import type { SessionStore } from '../sessions';

/** In `storage.local`, on disk: no secrets. */
export const LOCAL = { settings: 'settings', announced: 'announced' } as const;

/** In `storage.session`, in memory. */
export const SESSION = { session: 'session', unproven: 'unproven', opened: 'opened', copied: 'copied' } as const;

export async function loadSettings(): Promise<Settings> {
  return readSettings((await chrome.storage.local.get(LOCAL.settings))[LOCAL.settings]);
}

/** The session of the extension, for all of its windows and its background. */
export const sessionStore: SessionStore = {
  read: async () => (await chrome.storage.session.get(SESSION.session))[SESSION.session],
  write: async (session) => {
    if (session === undefined) await chrome.storage.session.remove(SESSION.session);
    else await chrome.storage.session.set({ [SESSION.session]: session });
  },
  alone: (work) => navigator.locks.request('session', work),
};
