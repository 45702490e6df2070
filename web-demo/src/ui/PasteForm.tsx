import { useId, useState } from 'preact/hooks';
import { CHOICES, type Choice, type Paste } from '../check';
import { fileName, text } from '../text';

type FilePaste = Extract<Paste, { kind: 'file' }>;
type PairPaste = Extract<Paste, { kind: 'pair' }>;

/** What stands in the form. Each kind keeps what was typed while the other is shown. */
export type Draft = { shown: Paste['kind']; file: FilePaste; pair: PairPaste };

export const EMPTY: Draft = {
  shown: 'file',
  file: { kind: 'file', text: '', format: 'detect' },
  pair: { kind: 'pair', username: '', password: '' },
};

/** No spell checking and no suggestions: some browsers send what is typed to a server for them. */
const UNASSISTED = { spellcheck: false, autocapitalize: 'off', autocomplete: 'off' } as const;

type Props<T> = { value: T; onChange: (value: T) => void };

/** Where a file, or a username and a password, is pasted. */
export function PasteForm({ value, onChange }: Props<Draft>) {
  return (
    <form class="paste" onSubmit={(event) => event.preventDefault()} autocomplete="off">
      <fieldset class="choice">
        <legend class="visually-hidden">{text('sourceLegend')}</legend>
        <Source label={text('sourceFile')} chosen={value.shown === 'file'} onChoose={() => onChange({ ...value, shown: 'file' })} />
        <Source label={text('sourcePair')} chosen={value.shown === 'pair'} onChoose={() => onChange({ ...value, shown: 'pair' })} />
      </fieldset>
      {value.shown === 'file'
        ? <FileFields value={value.file} onChange={(file) => onChange({ ...value, file })} />
        : <PairFields value={value.pair} onChange={(pair) => onChange({ ...value, pair })} />}
    </form>
  );
}

function Source({ label, chosen, onChoose }: { label: string; chosen: boolean; onChoose: () => void }) {
  return (
    <label>
      <input type="radio" name="source" checked={chosen} onChange={onChoose} />
      <span>{label}</span>
    </label>
  );
}

function FileFields({ value, onChange }: Props<FilePaste>) {
  const id = useId();
  const [hidden, setHidden] = useState(false);
  return (
    <>
      <div class="field">
        <label for={`${id}-text`}>{text('fileLabel')}</label>
        <p class="hint" id={`${id}-hint`}>{text('fileHint')}</p>
        <textarea
          id={`${id}-text`}
          class={hidden ? 'secret hidden-text' : 'secret'}
          aria-describedby={`${id}-hint`}
          rows={8}
          wrap="off"
          {...UNASSISTED}
          value={value.text}
          onInput={(event) => onChange({ ...value, text: event.currentTarget.value })}
        />
      </div>
      <div class="row">
        <label for={`${id}-format`}>{text('formatLabel')}</label>
        <select
          id={`${id}-format`}
          value={value.format}
          onChange={(event) => onChange({ ...value, format: event.currentTarget.value as Choice })}
        >
          <option value="detect">{text('formatDetect')}</option>
          {CHOICES.map((format) => <option key={format} value={format}>{fileName(format)}</option>)}
        </select>
        <span class="spacer" />
        <HideButton pressed={hidden} onPress={setHidden} />
        <button type="button" disabled={!value.text} onClick={() => onChange({ ...value, text: '' })}>{text('clear')}</button>
      </div>
    </>
  );
}

function PairFields({ value, onChange }: Props<PairPaste>) {
  const [hidden, setHidden] = useState(true);
  return (
    <>
      <Field
        label={text('usernameLabel')}
        hint={text('usernameHint')}
        value={value.username}
        onChange={(username) => onChange({ ...value, username })}
      />
      <Field
        label={text('passwordLabel')}
        hint={text('passwordHint')}
        value={value.password}
        hidden={hidden}
        onChange={(password) => onChange({ ...value, password })}
      />
      <div class="row">
        <span class="spacer" />
        <HideButton pressed={hidden} onPress={setHidden} />
        <button type="button" disabled={!value.username && !value.password} onClick={() => onChange(EMPTY.pair)}>
          {text('clear')}
        </button>
      </div>
    </>
  );
}

type FieldProps = Props<string> & { label: string; hint: string; hidden?: boolean };

function Field({ label, hint, value, hidden = false, onChange }: FieldProps) {
  const id = useId();
  const attributes = {
    ...UNASSISTED,
    id,
    class: 'secret',
    'aria-describedby': `${id}-hint`,
    value,
    onInput: (event: { currentTarget: HTMLInputElement }) => onChange(event.currentTarget.value),
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <p class="hint" id={`${id}-hint`}>{hint}</p>
      {hidden ? <input {...attributes} type="password" /> : <input {...attributes} type="text" />}
    </div>
  );
}

function HideButton({ pressed, onPress }: { pressed: boolean; onPress: (pressed: boolean) => void }) {
  return (
    <button type="button" aria-pressed={pressed} aria-label={text('hideTextLabel')} onClick={() => onPress(!pressed)}>
      {text('hideText')}
    </button>
  );
}
