import { useId } from 'preact/hooks';
import { counted, text } from '../../text';
import { number } from '../base/words';
import { LONGEST_DAYS, OFFERED_DAYS, ttlOf } from './draft';

interface Props {
  days: string;
  onDays: (days: string) => void;
  /** What the plan allows, once the platform has said so. */
  allowed?: number | undefined;
}

/** How long a token lives: a number of days, with those that are mostly wanted to choose from. */
export function DaysField({ days, onDays, allowed }: Props) {
  const id = useId();
  const isWrong = ttlOf(days) === undefined;
  return (
    <div class="field">
      <label for={id}>{text('view_days')}</label>
      <div class="row">
        <input
          id={id}
          class="view-days"
          type="text"
          inputMode="numeric"
          autocomplete="off"
          value={days}
          aria-invalid={isWrong}
          aria-describedby={`${id}-note`}
          onInput={(event) => onDays(event.currentTarget.value)}
        />
        {OFFERED_DAYS.map((one) => (
          <button key={one} type="button" class="view-small" aria-pressed={days === String(one)} onClick={() => onDays(String(one))}>
            {counted('view_days_number', one, number(one))}
          </button>
        ))}
      </div>
      <p class={isWrong ? 'view-wrong' : 'hint'} id={`${id}-note`} aria-live="polite">
        {text(isWrong ? 'view_days_wrong' : 'view_days_hint', number(LONGEST_DAYS))}
      </p>
      {allowed !== undefined && (
        <p class="row">
          <span>{counted('view_days_allowed', allowed, number(allowed))}</span>
          <button type="button" class="view-small" onClick={() => onDays(String(allowed))}>{counted('view_days_use', allowed, number(allowed))}</button>
        </p>
      )}
    </div>
  );
}
