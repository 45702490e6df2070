// The hosts that may be asked. Those of the vendor are in the manifest; others are asked for when they are first needed.
import { refused } from '../failure';
import type { Settings } from '../host';
import { hostPattern } from '../places';

/** Asks the person for what is not permitted yet. To be called while a click is being handled. */
export async function permitted(origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return;
  // Firefox forgets the click at the first await, so nothing is looked up before: what is granted is not asked for again.
  if (!(await chrome.permissions.request({ origins: [...origins] }))) {
    throw refused('failure_permission', undefined, 'failure_permission_hint');
  }
}

/** Asks for the places of these settings, and gives back what only others needed. */
export async function permitOnly({ api, issuer, registry, device }: Settings): Promise<void> {
  const needed = [api, issuer, registry].map(hostPattern);
  await permitted(needed);
  const kept = new Set([...needed, ...(device ? [hostPattern(device.provider)] : []), ...(chrome.runtime.getManifest().host_permissions ?? [])]);
  const { origins = [] } = await chrome.permissions.getAll();
  const spare = origins.filter((origin) => !kept.has(origin) && !isOfContentScript(origin));
  if (spare.length > 0) await chrome.permissions.remove({ origins: spare });
}

/** Browsers count the pages of content scripts among the hosts, and give them back to nobody. */
function isOfContentScript(origin: string): boolean {
  return (chrome.runtime.getManifest().content_scripts ?? []).some(({ matches = [] }) => matches.includes(origin));
}
