// Signing in with a window of the browser's, which only the background outlives.
import { beginSignIn, init } from 'pulltoken/web/core';
import { interrupted, refused } from '../host/failure';
import { loadSettings, SESSION, sessionStore } from '../host/extension/storage';
import { renew } from '../host/platform';
import { Sessions } from '../host/sessions';
import { brought, unproven } from '../host/unproven';

/** Set anew by every sign-in; one that finds another's in its place was stopped. */
let current: symbol | undefined;

export async function signIn(): Promise<void> {
  const mine = Symbol('sign-in');
  current = mine;
  const settings = await loadSettings();
  await Promise.all([init(), chrome.storage.session.remove(SESSION.unproven)]);
  const begun = beginSignIn({ api: settings.api, issuer: settings.issuer, redirect: chrome.identity.getRedirectURL() });
  const answer = await open(begun.url);
  if (current !== mine) throw interrupted('failure_stopped');
  const { isProven, ...rest } = await brought(begun, answer, settings);
  if (!isProven) {
    // The popup that asked may be gone; the next one asks the person.
    await chrome.storage.session.set({ [SESSION.unproven]: rest });
    throw unproven();
  }
  await new Sessions(sessionStore, loadSettings, renew).keep(rest.session);
}

export function stopSigningIn(): void {
  current = undefined;
}

async function open(url: string): Promise<string> {
  try {
    const answer = await chrome.identity.launchWebAuthFlow({ url, interactive: true });
    if (answer !== undefined) return answer;
  } catch (cause) {
    // Browsers say the same of a window that was closed and of a page that did not load.
    throw refused('failure_window_closed', cause);
  }
  throw refused('failure_no_answer');
}
