// Signing out: here, because a popup may be closed by the very click.
import { LOCAL, loadSettings, sessionStore } from '../host/extension/storage';
import { renew } from '../host/platform';
import { Sessions } from '../host/sessions';
import { withdraw } from './badge';
import { clearClipboard } from './clipboard';

/** Forgets everything but the settings. */
export async function signOut(): Promise<void> {
  await new Sessions(sessionStore, loadSettings, renew).forget();
  // What was copied is known by what is forgotten next.
  await clearClipboard().catch(() => {});
  await Promise.all([chrome.storage.session.clear(), chrome.storage.local.remove(LOCAL.announced), withdraw()]);
}
