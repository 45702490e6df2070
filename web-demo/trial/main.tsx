// The views on an ordinary page, with a host in memory: for the tests, which set `trial` before anything else runs.
import { render } from 'preact';
import type { Host, Settings } from '../src/host/host';
import { MemoryHost } from '../src/host/memory';
import { loadMessages, text } from '../src/text';
import { Console, type Tab } from '../src/views/Console';
import type { Deed } from '../src/views/deed';

/** What a test sets, and what it finds afterwards. */
interface Trial {
  settings: Partial<Settings>;
  token?: string;
  organization?: string;
  start?: Tab;
  direction?: 'ltr' | 'rtl';
  /** Whether the page is one that does not stay. */
  isFleeting?: boolean;
  begin?: Deed;
  host?: Host;
  /** What was taken to a page that stays. */
  taken?: { deed: Deed; organization: string }[];
}

const { trial } = globalThis as unknown as { trial: Trial };
const { settings, token, organization, start = 'tokens', direction, isFleeting, begin } = trial;
const taken: { deed: Deed; organization: string }[] = [];

await loadMessages('/_locales/en/messages.json');
document.documentElement.lang = text('locale');
document.documentElement.dir = direction ?? text('direction');
const host = new MemoryHost({
  settings,
  ...(token === undefined ? {} : { session: { token } }),
  ...(organization === undefined ? {} : { organization }),
});
trial.host = host;
trial.taken = taken;
const elsewhere = (deed: Deed, to: string) => void taken.push({ deed, organization: to });
const root = document.getElementById('app');
if (root) {
  render(
    <main>
      <h1 class="visually-hidden">Trial</h1>
      <Console host={host} start={start} begin={begin} elsewhere={isFleeting ? elsewhere : undefined} />
    </main>,
    root,
  );
}
