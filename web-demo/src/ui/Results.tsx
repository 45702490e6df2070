import type { ComponentChildren } from 'preact';
import type { Outcome } from '../check';
import { counted, fileName, list, text } from '../text';
import { FindingCard } from './FindingCard';

/** What is to be said about what was pasted; read out when it changes. */
export function Results({ outcome }: { outcome: Outcome }) {
  return (
    <section class="results" aria-labelledby="results-title">
      <h2 id="results-title">{text('resultsTitle')}</h2>
      <div aria-live="polite"><Content outcome={outcome} /></div>
    </section>
  );
}

function Content({ outcome }: { outcome: Outcome }) {
  switch (outcome.kind) {
    case 'empty':
      return <Note>{text('resultsEmpty')}</Note>;
    case 'half_a_pair':
      return <Note>{text('pairIncomplete')}</Note>;
    case 'unknown_format':
      return <Note>{text('formatUnknown')}</Note>;
    case 'unread':
      return <Note>{text('formatUnread', fileName(outcome.format))}</Note>;
    case 'refused':
      return <div class="note"><p>{outcome.message}</p><p class="hint">{outcome.hint}</p></div>;
    case 'findings':
      return (
        <>
          {outcome.format && <p class="hint">{text('readAs', fileName(outcome.format))}</p>}
          {outcome.findings.length === 0 && <Note>{text('nothingFound')}</Note>}
          {outcome.findings.map((finding, index) => <FindingCard key={index} finding={finding} />)}
          {outcome.others.length > 0 && <p class="hint">{otherNames(outcome.others)}</p>}
        </>
      );
  }
}

function Note({ children }: { children: ComponentChildren }) {
  return <p class="note">{children}</p>;
}

function otherNames(names: readonly string[]): string {
  const different = [...new Set(names.map((name) => name || text('targetDefault')))];
  return counted('others', names.length, list(different));
}
