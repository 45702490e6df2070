// From which organisation's page of the console the popup was opened.
import { readOrganization } from '../../console/organization';
import { SESSION } from './storage';

/** What the background leaves for the popup that it opens: in this window, at this time. */
interface Opened {
  organization: string;
  windowId: number;
  at: number;
}

/** A popup that comes later than this was opened by somebody else. */
const FRESH = 10_000;

export async function leave(organization: string, windowId: number): Promise<void> {
  const opened: Opened = { organization, windowId, at: Date.now() };
  await chrome.storage.session.set({ [SESSION.opened]: opened });
}

/** What was left for this window, once. */
export async function take(): Promise<string | undefined> {
  const value: unknown = (await chrome.storage.session.get(SESSION.opened))[SESSION.opened];
  if (typeof value !== 'object' || value === null) return undefined;
  const { organization, windowId, at } = value as Partial<Record<keyof Opened, unknown>>;
  const here = (await chrome.windows.getCurrent()).id;
  if (windowId !== here || typeof at !== 'number' || Date.now() - at > FRESH) return undefined;
  await chrome.storage.session.remove(SESSION.opened);
  return readOrganization(organization);
}
