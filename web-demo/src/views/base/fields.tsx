// The fields of the forms: a label, what to put in, and what is wrong with it.
import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { text } from '../../text';
import { Marked } from './Marked';

interface TextFieldProps {
  label: string;
  value: string;
  onInput: (value: string) => void;
  hint?: string | undefined;
  /** What is wrong with the value, one line. */
  wrong?: string | undefined;
  placeholder?: string | undefined;
  hasFocus?: boolean;
}

export function TextField({ label, value, onInput, hint, wrong, placeholder, hasFocus }: TextFieldProps) {
  const id = useId();
  const described = [hint && `${id}-hint`, wrong && `${id}-wrong`].filter(Boolean).join(' ');
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint && <p class="hint" id={`${id}-hint`}>{hint}</p>}
      <input
        id={id}
        type="text"
        dir="auto"
        autocomplete="off"
        spellcheck={false}
        autofocus={hasFocus}
        value={value}
        placeholder={placeholder}
        aria-invalid={wrong !== undefined}
        {...(described ? { 'aria-describedby': described } : {})}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      <p class="view-wrong" id={`${id}-wrong`} aria-live="polite">{wrong && <Marked text={wrong} />}</p>
    </div>
  );
}

interface SelectFieldProps<T extends string> {
  label: string;
  value: T;
  onChange: (value: T) => void;
  options: readonly (readonly [value: T, label: string])[];
  /** Label and field on one line. */
  isInline?: boolean;
}

export function SelectField<T extends string>({ label, value, onChange, options, isInline }: SelectFieldProps<T>) {
  const id = useId();
  const chosen = (shown: string) => options.find(([option]) => option === shown)?.[0];
  return (
    <div class={isInline ? 'view-inline' : 'field'}>
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        onChange={(event) => {
          const option = chosen(event.currentTarget.value);
          if (option !== undefined) onChange(option);
        }}
      >
        {options.map(([option, name]) => <option key={option} value={option}>{name}</option>)}
      </select>
    </div>
  );
}

interface Option {
  value: string;
  label: string;
  remark?: string | undefined;
  /** Whether it is folded away, unless it is chosen. */
  isRare?: boolean;
}

interface ChoicesProps {
  legend: string;
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
  options: readonly Option[];
  hint?: string | undefined;
}

/** Several of a list, in the list's order. */
export function Choices({ legend, chosen, onChange, options, hint }: ChoicesProps) {
  const toggle = (value: string, isOn: boolean) =>
    onChange(options.map((option) => option.value).filter((one) => (one === value ? isOn : chosen.includes(one))));
  // As it was when the form was opened: a choice that is taken back does not fold away under the pointer.
  const [first] = useState(chosen);
  const isFolded = ({ isRare, value }: Option) => isRare === true && !first.includes(value);
  const boxes = (shown: readonly Option[]) => (
    <div>
      {shown.map(({ value, label, remark }) => (
        <label key={value}>
          <input type="checkbox" checked={chosen.includes(value)} onChange={(event) => toggle(value, event.currentTarget.checked)} />
          <span>{label}{remark && <small>{remark}</small>}</span>
        </label>
      ))}
    </div>
  );
  const folded = options.filter(isFolded);
  return (
    <fieldset class="view-choices">
      <legend>{legend}</legend>
      {hint && <p class="hint">{hint}</p>}
      {boxes(options.filter((option) => !isFolded(option)))}
      {folded.length > 0 && <details><summary>{text('view_access_more')}</summary>{boxes(folded)}</details>}
    </fieldset>
  );
}

/** The buttons at the end of a form. */
export function Buttons({ children }: { children: ComponentChildren }) {
  return <div class="row view-buttons">{children}</div>;
}
