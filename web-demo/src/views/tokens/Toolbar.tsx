import { useId } from 'preact/hooks';
import { text } from '../../text';
import { SelectField } from '../base/fields';
import { ecosystemName, number } from '../base/words';
import type { Choice } from './choice';
import type { Life } from './life';

interface Props {
  choice: Choice;
  onChoice: (choice: Choice) => void;
  /** What there is to choose from. */
  ecosystems: readonly string[];
  counts: Record<Life, number>;
  onCreate: () => void;
  onSweep: () => void;
  onReload: () => void;
  isBusy: boolean;
}

/** What is shown of the list, and what can be done with all of it. */
export function Toolbar({ choice, onChoice, ecosystems, counts, onCreate, onSweep, onReload, isBusy }: Props) {
  const id = useId();
  const total = counts.valid + counts.expiring + counts.expired;
  return (
    <div class="view-toolbar">
      <div class="view-filters" role="search">
        <div class="view-inline view-search">
          <label class="visually-hidden" for={id}>{text('view_filter_text')}</label>
          <input
            id={id}
            type="search"
            dir="auto"
            spellcheck={false}
            placeholder={text('view_filter_text')}
            value={choice.text}
            onInput={(event) => onChoice({ ...choice, text: event.currentTarget.value })}
          />
        </div>
        <SelectField
          label={text('view_filter_life')}
          isInline
          value={choice.life}
          onChange={(life) => onChoice({ ...choice, life })}
          options={[
            ['all', text('view_life_all', number(total))],
            ['valid', text('view_life_valid', number(counts.valid))],
            ['expiring', text('view_life_expiring', number(counts.expiring))],
            ['expired', text('view_life_expired', number(counts.expired))],
          ]}
        />
        <SelectField
          label={text('view_filter_ecosystem')}
          isInline
          value={choice.ecosystem}
          onChange={(ecosystem) => onChoice({ ...choice, ecosystem })}
          options={[
            ['all', text('view_ecosystem_all')],
            ...ecosystems.map((one) => [one, one === 'none' ? text('view_ecosystem_none') : ecosystemName(one)] as const),
          ]}
        />
      </div>
      <div class="view-deeds">
        <button type="button" disabled={isBusy} onClick={onReload}>{text('view_reload')}</button>
        <button type="button" disabled={counts.expired === 0} onClick={onSweep}>{text('view_sweep', number(counts.expired))}</button>
        <button type="button" class="view-primary" onClick={onCreate}>{text('view_create')}</button>
      </div>
    </div>
  );
}
