import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Host } from '../host/host';
import { text } from '../text';
import { Console } from '../views/Console';
import { useSession } from '../views/base/session';
import { deedOf } from '../views/deed';
import { SignIn } from './SignIn';
import { useSettings } from './settings';
import { openForDeed, openOptions, pageAddress, wantsCode } from './surface';

/** In an extension's popup or tab, or in an ordinary page. */
export type Surface = 'popup' | 'page' | 'web';

/** A title, the ways out of here, and between them the views. */
export function App({ host, surface }: { host: Host; surface: Surface }) {
  const isSignedIn = useSession(host) === 'there';
  const settings = useSettings(host);
  const organization = useOrganization(host);
  const signedOut = useMemo(() => <SignIn host={host} surface={surface} startsWithCode={wantsCode()} />, [host, surface]);
  return (
    <>
      <header>
        <img src="icons/icon.svg" alt="" width="28" height="28" />
        <h1>{text('title')}</h1>
        {surface === 'popup' && <a href={pageAddress(organization)} target="_blank" rel="noreferrer">{text('openPage')}</a>}
        {surface !== 'popup' && settings && <a href={settings.console} target="_blank" rel="noreferrer">{text('openConsole')}</a>}
        {surface !== 'web' && <button type="button" class="view-plain" onClick={openOptions}>{text('openOptions')}</button>}
        {isSignedIn && <button type="button" class="view-plain" onClick={() => void host.signOut()}>{text('signOut')}</button>}
      </header>
      <main>
        <Console host={host} signedOut={signedOut} elsewhere={surface === 'popup' ? openForDeed : undefined} begin={deedOf(location.hash)} />
      </main>
    </>
  );
}

/** The organisation that this was opened for, so that a tab is for the same. */
function useOrganization(host: Host): string | undefined {
  const [organization, setOrganization] = useState<string>();
  useEffect(() => {
    host.organization().then(setOrganization, () => {});
  }, [host]);
  return organization;
}
