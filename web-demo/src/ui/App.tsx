import { useEffect, useMemo, useState } from 'preact/hooks';
import { init } from 'pulltoken/web/core';
import { check } from '../check';
import { text } from '../text';
import { EMPTY, PasteForm } from './PasteForm';
import { Results } from './Results';

export type Surface = 'popup' | 'page';

/** The one screen: what was pasted on one side, what is to be said about it on the other. */
export function App({ surface }: { surface: Surface }) {
  const [draft, setDraft] = useState(EMPTY);
  const paste = draft[draft.shown];
  const core = useCore();
  const outcome = useMemo(() => (core === 'ready' ? check(paste, new Date()) : undefined), [core, paste]);

  return (
    <>
      <header>
        <img src="icons/icon.svg" alt="" width="28" height="28" />
        <h1>{text('title')}</h1>
        {surface === 'popup' && <a href="page.html" target="_blank" rel="noreferrer">{text('openPage')}</a>}
      </header>
      <main>
        <PasteForm value={draft} onChange={setDraft} />
        {core instanceof Error
          ? <p role="alert">{text('unexpected', core.message)}</p>
          : <Results outcome={outcome} />}
      </main>
      <footer>{text('privacy')}</footer>
    </>
  );
}

/** Loads the core once; what is typed meanwhile is looked at as soon as it is there. */
function useCore(): 'loading' | 'ready' | Error {
  const [state, setState] = useState<'loading' | 'ready' | Error>('loading');
  useEffect(() => {
    init().then(
      () => setState('ready'),
      (error: unknown) => setState(error instanceof Error ? error : new Error(String(error))),
    );
  }, []);
  return state;
}
