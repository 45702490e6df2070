// The order of the rows.
import type { PullTokenInfo } from 'pulltoken/web/core';

export type Column = 'name' | 'description' | 'createdAt' | 'expiresAt' | 'roles';
export interface Order {
  by: Column;
  isDescending: boolean;
}

/** What was made last comes first, as in the console. */
export const DEFAULT_ORDER: Order = { by: 'createdAt', isDescending: true };

/** The order after a click on a column's head: the other way round where it is ordered by that already. */
export function reordered({ by, isDescending }: Order, column: Column): Order {
  return { by: column, isDescending: column === by ? !isDescending : column === 'createdAt' };
}

/** The tokens in an order. Equal ones stay as they were; what is unknown comes last either way. */
export function ordered(tokens: readonly PullTokenInfo[], { by, isDescending }: Order, locale: string): PullTokenInfo[] {
  const direction = isDescending ? -1 : 1;
  if (by === 'createdAt' || by === 'expiresAt') {
    return tokens.toSorted((one, other) => compareTimes(one[by], other[by], direction));
  }
  // One collator for all: making one costs more than a thousand comparisons.
  const { compare } = new Intl.Collator(locale, { numeric: true, sensitivity: 'base' });
  const key = by === 'roles' ? roleNames : (token: PullTokenInfo) => token[by];
  const keyed = tokens.map((token) => ({ token, text: key(token) }));
  keyed.sort((one, other) => {
    if (one.text === '' || other.text === '') return Number(one.text === '') - Number(other.text === '');
    return direction * compare(one.text, other.text);
  });
  return keyed.map(({ token }) => token);
}

/** The roles' names in one text. */
export function roleNames({ roles }: Pick<PullTokenInfo, 'roles'>): string {
  return roles.map(({ role }) => role).sort().join(', ');
}

function compareTimes(one: Date | null, other: Date | null, direction: number): number {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  return direction * (one.getTime() - other.getTime());
}
