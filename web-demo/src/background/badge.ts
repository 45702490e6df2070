// What the toolbar shows, and what is announced.
import { Client, init } from 'pulltoken/web/core';
import { LOCAL, loadSettings, sessionStore } from '../host/extension/storage';
import { renew } from '../host/platform';
import { Sessions } from '../host/sessions';
import { counted, text } from '../text';
import { relative } from '../time';
import { badgeText, expiringWithin, quoted, readAnnounced, unannounced, type Expiring } from './expiring';

/** More than these at once are announced together: the rest of the screen is somebody else's. */
const SINGLY = 5;

/** Colours with enough contrast on a light and on a dark toolbar. */
const BADGE = { backgroundColor: '#835400', color: '#ffffff' } as const;

/**
 * Counts the tokens that expire soon, and announces those that nobody has been told of. Without a session there is
 * nothing to count. One after another: two at once would announce the same.
 */
export async function look(): Promise<void> {
  await navigator.locks.request('look', lookAlone);
}

async function lookAlone(): Promise<void> {
  const settings = await loadSettings();
  const session = await new Sessions(sessionStore, loadSettings, renew).current();
  if (session === undefined) return show(0);
  await init();
  const { api, issuer, registry, expiringDays, notify } = settings;
  const now = new Date();
  const tokens = await new Client({ api, issuer, registry, token: session.token }).listPullTokens();
  const expiring = expiringWithin(expiringDays, tokens, now);
  await show(expiring.length);
  const before = readAnnounced((await chrome.storage.local.get(LOCAL.announced))[LOCAL.announced]);
  const { fresh, announced } = unannounced(notify ? expiring : [], before, now);
  // Remembered first: told twice is worse than told by the badge alone.
  await chrome.storage.local.set({ [LOCAL.announced]: announced });
  await announce(fresh, now);
}

/** Takes back what was announced and is still on the screen. */
export async function withdraw(): Promise<void> {
  const shown = Object.keys((await chrome.notifications.getAll()) as Record<string, boolean>);
  await Promise.all(shown.map((id) => chrome.notifications.clear(id)));
}

async function show(count: number): Promise<void> {
  await Promise.all([
    chrome.action.setBadgeText({ text: badgeText(count) }),
    chrome.action.setBadgeBackgroundColor({ color: BADGE.backgroundColor }),
    chrome.action.setBadgeTextColor({ color: BADGE.color }),
    chrome.action.setTitle({ title: count === 0 ? text('extensionName') : `${text('extensionName')}: ${counted('badge', count, String(count))}` }),
  ]);
}

async function announce(tokens: readonly Expiring[], now: Date): Promise<void> {
  if (tokens.length > SINGLY) {
    await notify('expiring', counted('badge', tokens.length, String(tokens.length)));
    return;
  }
  for (const { id, name, expiresAt } of tokens) {
    const when = relative((expiresAt.getTime() - now.getTime()) / 1000);
    await notify(`expiring:${id}`, text('announcement', quoted(name), when));
  }
}

async function notify(id: string, message: string): Promise<void> {
  await chrome.notifications.create(id, { type: 'basic', iconUrl: chrome.runtime.getURL('icons/128.png'), title: text('extensionName'), message });
}
