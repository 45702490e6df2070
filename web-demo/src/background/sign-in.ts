// Signing in with a window of the browser's, which only the background outlives.
import { beginSignIn, finishSignIn, init } from 'pulltoken/web/core';
import { here, interrupted, refused } from '../host/failure';
import { loadSettings, sessionStore } from '../host/extension/storage';
import { renew, stored } from '../host/platform';
import { Sessions } from '../host/sessions';

/** Set anew by every sign-in; one that finds another's in its place was stopped. */
let current: symbol | undefined;

export async function signIn(): Promise<void> {
  const mine = Symbol('sign-in');
  current = mine;
  const settings = await loadSettings();
  await init();
  const begun = beginSignIn({ api: settings.api, issuer: settings.issuer, redirect: chrome.identity.getRedirectURL() });
  const answer = await open(begun.url);
  if (current !== mine) throw interrupted('signing in was stopped');
  const session = await here(finishSignIn({ signIn: begun, answer }));
  await new Sessions(sessionStore, loadSettings, renew).keep(stored(session, settings));
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
    throw refused('the window closed before anybody had signed in', cause);
  }
  throw refused('the browser brought no answer');
}
