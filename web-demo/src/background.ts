// The background: listens, and is gone between two events. Nothing is kept in variables that has to outlast one.
import { clearClipboard } from './background/clipboard';
import { look } from './background/badge';
import { readMessage, type Answer, type Known } from './background/messages';
import { signIn, stopSigningIn } from './background/sign-in';
import { signOut } from './background/sign-out';
import { told } from './host/failure';
import { ALARM, LOOK_MINUTES } from './host/extension/alarms';
import { leave } from './host/extension/opened';
import { LOCAL, SESSION } from './host/extension/storage';

const OWN = { id: chrome.runtime.id, root: chrome.runtime.getURL('') };

chrome.runtime.onInstalled.addListener(schedule);
chrome.runtime.onStartup.addListener(schedule);

chrome.alarms.onAlarm.addListener(({ name }) => {
  if (name === ALARM.look) quietly(look());
  if (name === ALARM.clipboard) quietly(clearClipboard());
});

chrome.storage.onChanged.addListener((changes, area) => {
  const isOurs = (area === 'session' && SESSION.session in changes) || (area === 'local' && LOCAL.settings in changes);
  if (isOurs) quietly(look());
});

chrome.notifications.onClicked.addListener((id) => {
  quietly(Promise.all([chrome.notifications.clear(id), chrome.tabs.create({ url: chrome.runtime.getURL('page.html') })]));
});

chrome.runtime.onMessage.addListener((value: unknown, sender, respond: (answer: Answer) => void) => {
  const known = readMessage(value, sender, OWN);
  // Nobody else is answered, not even with a refusal.
  if (known === undefined) return false;
  act(known).then(
    () => respond({ ok: true }),
    (error: unknown) => respond({ ok: false, failure: told(error) }),
  );
  return true;
});

async function act(known: Known): Promise<void> {
  if (known.from === 'console') return open(known.message.organization, known.windowId);
  switch (known.message.kind) {
    case 'sign-in':
      return signIn();
    case 'stop-signing-in':
      return stopSigningIn();
    case 'sign-out':
      return signOut();
  }
}

/** The popup for an organisation, or a tab where the browser opens no popup by itself. */
async function open(organization: string, windowId: number): Promise<void> {
  await leave(organization, windowId);
  try {
    await chrome.action.openPopup({ windowId });
  } catch {
    const hash = new URLSearchParams({ organization });
    await chrome.tabs.create({ windowId, url: chrome.runtime.getURL(`page.html#${hash}`) });
  }
}

function schedule(): void {
  quietly(chrome.alarms.create(ALARM.look, { delayInMinutes: 1, periodInMinutes: LOOK_MINUTES }));
}

/** What fails in the background is seen when a view does the same; the next alarm tries again. */
function quietly(work: Promise<unknown>): void {
  work.catch(() => {});
}
