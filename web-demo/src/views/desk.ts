// What every view of the platform works with: a session's client, and where it stands.
import type { Client } from 'pulltoken/web/core';
import type { Host, Settings } from '../host/host';
import type { Deed } from './deed';

export interface Desk {
  host: Host;
  client: Client;
  settings: Settings;
  /** Forgets a session that no longer works, so that somebody can sign in. */
  signInAgain: () => void;
  /** Takes a deed to a page that stays; absent where this one does. */
  elsewhere?: ((deed: Deed, organization: string) => void) | undefined;
}
