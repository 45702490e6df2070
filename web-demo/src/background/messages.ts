// What the background is asked by other parts of the extension: told by who asks, and in which shape.
import type { Failure } from 'pulltoken/web/core';
import { readOrganization } from '../console/organization';

/** From an own page: sign in with the browser, stop doing so, or sign out. */
export type PageMessage = { kind: 'sign-in' } | { kind: 'stop-signing-in' } | { kind: 'sign-out' };

/** From the button on a page of the console. It is told nothing in return. */
export interface ConsoleMessage {
  kind: 'open';
  organization: string;
}

/** What a page gets for an answer. A session lies in the storage, and is in no message. */
export type Answer = { ok: true } | { ok: false; failure: Failure };

/** What is known of a sender, of all that browsers say. */
export interface Sender {
  id?: string | undefined;
  url?: string | undefined;
  frameId?: number | undefined;
  tab?: { id?: number | undefined; windowId: number } | undefined;
}

export type Known = { from: 'page'; message: PageMessage } | { from: 'console'; message: ConsoleMessage; windowId: number };

/** Where the button is. */
export const CONSOLE = 'https://console.chainguard.dev';

const PAGE_KINDS: ReadonlySet<unknown> = new Set<PageMessage['kind']>(['sign-in', 'stop-signing-in', 'sign-out']);

/** Reads a message; `undefined` for everything that nobody of ours would say. `own` is the extension's id and the URL of its root. */
export function readMessage(value: unknown, sender: Sender, own: { id: string; root: string }): Known | undefined {
  if (sender.id !== own.id || typeof value !== 'object' || value === null) return undefined;
  const { kind, organization } = value as Record<string, unknown>;
  if (sender.url?.startsWith(own.root)) {
    return PAGE_KINDS.has(kind) ? { from: 'page', message: { kind: kind as PageMessage['kind'] } } : undefined;
  }
  const named = readOrganization(organization);
  const isConsole = sender.frameId === 0 && originOf(sender.url) === CONSOLE;
  if (!isConsole || sender.tab === undefined || kind !== 'open' || named === undefined) return undefined;
  return { from: 'console', message: { kind, organization: named }, windowId: sender.tab.windowId };
}

function originOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).origin : undefined;
}
