import { useRef } from 'preact/hooks';

interface Props<T extends string> {
  id: string;
  label: string;
  chosen: T;
  tabs: readonly (readonly [tab: T, label: string])[];
  onChoose: (tab: T) => void;
}

/** A row of tabs: one of them takes the focus, and the arrow keys go on to the next. */
export function Tabs<T extends string>({ id, label, chosen, tabs, onChoose }: Props<T>) {
  const row = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const isTurned = getComputedStyle(event.currentTarget as HTMLElement).direction === 'rtl';
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    const at = tabs.findIndex(([tab]) => tab === chosen) + (isTurned ? -step : step);
    const next = tabs[(at + tabs.length) % tabs.length];
    if (next === undefined) return;
    event.preventDefault();
    onChoose(next[0]);
    row.current?.querySelector<HTMLElement>(`[data-tab="${next[0]}"]`)?.focus();
  };
  return (
    <div class="view-tabs" role="tablist" aria-label={label} ref={row} onKeyDown={onKeyDown}>
      {tabs.map(([tab, name]) => (
        <button
          key={tab}
          type="button"
          role="tab"
          id={`${id}-${tab}`}
          data-tab={tab}
          aria-selected={tab === chosen}
          aria-controls={`${id}-panel`}
          tabIndex={tab === chosen ? 0 : -1}
          onClick={() => onChoose(tab)}
        >
          {name}
        </button>
      ))}
    </div>
  );
}
