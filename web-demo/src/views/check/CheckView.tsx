import { useMemo, useState } from 'preact/hooks';
import { check } from '../../check';
import { text } from '../../text';
import { EMPTY, PasteForm } from '../../ui/PasteForm';
import { Results } from '../../ui/Results';

/** What was pasted on one side, what is to be said about it on the other. Nothing leaves the page. */
export function CheckView() {
  const [draft, setDraft] = useState(EMPTY);
  const paste = draft[draft.shown];
  const outcome = useMemo(() => check(paste, new Date()), [paste]);
  return (
    <section class="view-check" aria-label={text('view_check')}>
      <p class="hint view-wide">{text('view_check_privacy')}</p>
      <PasteForm value={draft} onChange={setDraft} />
      <Results outcome={outcome} />
    </section>
  );
}
