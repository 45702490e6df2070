import type { CredentialReport } from 'pulltoken/web/core';
import { text } from '../text';

export type CardState = CredentialReport['state'] | 'variables' | 'incomplete';

const SHAPES: Record<CardState, string> = {
  valid: 'M3.5 8.5l3 3 6-7',
  expiring: 'M8 4v4.5l3 1.5',
  expired: 'M4.5 4.5l7 7m0-7l-7 7',
  not_yet_valid: 'M8 4v4.5l-3 1.5',
  unusable: 'M4.5 4.5l7 7m0-7l-7 7',
  malformed: 'M8 3.5v5.5m0 2.9v.1',
  variables: 'M6 4l-3 4 3 4m4-8l3 4-3 4',
  incomplete: 'M4 8h8',
};

/** The state in a word, a colour and a shape, so that no one of them has to do alone. */
export function StateBadge({ state }: { state: CardState }) {
  return (
    <strong class="badge">
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
        <path d={SHAPES[state]} fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" />
      </svg>
      {text(`state_${state}`)}
    </strong>
  );
}
