import { useEffect, useState } from 'preact/hooks';
import type { Host, Settings } from '../host/host';
import { text } from '../text';
import { TextField } from '../views/base/fields';
import { useTask } from '../views/base/task';
import { TroubleNote } from '../views/base/TroubleNote';
import { draftOf, read, type Draft, type Wrong } from './options-draft';
import { DEFAULTS } from '../host/places';

/** The settings. Nothing is kept before all of it makes sense. */
export function Options({ host, onPlaces }: { host: Host; onPlaces: (settings: Settings) => Promise<void> }) {
  const [draft, setDraft] = useState<Draft>();
  const [wrong, setWrong] = useState<Wrong>({});
  const saving = useTask(async (_signal, settings: Settings) => {
    // First: it asks the person, which a browser allows only at once.
    await onPlaces(settings);
    await host.saveSettings(settings);
  });
  useEffect(() => {
    host.settings().then((settings) => setDraft(draftOf(settings)), () => setDraft(draftOf(DEFAULTS)));
  }, [host]);
  if (draft === undefined) return null;

  const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  const save = (event: Event) => {
    event.preventDefault();
    const outcome = read(draft);
    setWrong('wrong' in outcome ? outcome.wrong : {});
    if ('settings' in outcome) saving.run(outcome.settings);
  };
  const field = (name: Exclude<keyof Draft, 'notify'>, label: Parameters<typeof text>[0], hint?: Parameters<typeof text>[0]) => (
    <TextField
      label={text(label)}
      hint={hint && text(hint)}
      value={draft[name]}
      wrong={wrong[name] && text(wrong[name])}
      onInput={(value) => change({ [name]: value })}
    />
  );
  return (
    <>
      <header>
        <img src="icons/icon.svg" alt="" width="28" height="28" />
        <h1>{text('optionsTitle')}</h1>
      </header>
      <main>
        <form class="options" onSubmit={save}>
          <fieldset>
            <legend>{text('optionsWarnings')}</legend>
            {field('expiringDays', 'optionsDays', 'optionsDaysHint')}
            <label class="check">
              <input type="checkbox" checked={draft.notify} onChange={(event) => change({ notify: event.currentTarget.checked })} />
              <span>{text('optionsNotify')}</span>
            </label>
          </fieldset>
          <fieldset>
            <legend>{text('optionsPlaces')}</legend>
            <p class="hint">{text('optionsPlacesHint')}</p>
            {field('api', 'optionsApi')}
            {field('issuer', 'optionsIssuer')}
            {field('registry', 'optionsRegistry')}
            {field('console', 'optionsConsole')}
          </fieldset>
          <fieldset>
            <legend>{text('optionsDevice')}</legend>
            <p class="hint">{text('optionsDeviceHint')}</p>
            {field('provider', 'optionsProvider')}
            {field('clientId', 'optionsClientId')}
          </fieldset>
          <div class="row">
            <button type="submit" class="view-primary">{text('save')}</button>
            <button type="button" onClick={() => setDraft(draftOf(DEFAULTS))}>{text('optionsDefaults')}</button>
            <p role="status">{saving.progress.state === 'done' && text('optionsSaved')}</p>
          </div>
          {saving.progress.state === 'failed' && <TroubleNote error={saving.progress.error} />}
        </form>
      </main>
    </>
  );
}
