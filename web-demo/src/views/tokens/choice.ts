// Which of the tokens are shown.
import type { PullTokenInfo } from 'pulltoken/web/core';
import { lifeOf, type Life } from './life';

export interface Choice {
  text: string;
  /** An ecosystem, `none` for tokens that open nothing known, or `all`. */
  ecosystem: string;
  life: Life | 'all';
}

export const EVERYTHING: Choice = { text: '', ecosystem: 'all', life: 'all' };

/** Whether anything is left out on purpose. */
export function isNarrow({ text, ecosystem, life }: Choice): boolean {
  return text.trim() !== '' || ecosystem !== 'all' || life !== 'all';
}

/** The tokens that fit all of it: every word of the text has to occur somewhere in what is known of a token. */
export function chosen(tokens: readonly PullTokenInfo[], choice: Choice, now: Date, expiringDays: number): PullTokenInfo[] {
  const words = choice.text.toLowerCase().split(/\s+/).filter(Boolean);
  return tokens.filter((token) => {
    if (choice.life !== 'all' && lifeOf(token, now, expiringDays) !== choice.life) return false;
    if (!opens(token, choice.ecosystem)) return false;
    if (words.length === 0) return true;
    const text = searchable(token);
    return words.every((word) => text.includes(word));
  });
}

/** How many there are of each state. */
export function countLives(tokens: readonly PullTokenInfo[], now: Date, expiringDays: number): Record<Life, number> {
  const counts: Record<Life, number> = { valid: 0, expiring: 0, expired: 0 };
  for (const token of tokens) counts[lifeOf(token, now, expiringDays)] += 1;
  return counts;
}

/** The ecosystems that any of the tokens opens, by name, and `none` where one opens nothing known. */
export function ecosystemsOf(tokens: readonly PullTokenInfo[]): string[] {
  const found = new Set<string>();
  for (const { ecosystems } of tokens) {
    for (const ecosystem of ecosystems) found.add(ecosystem);
    if (ecosystems.length === 0) found.add('none');
  }
  const rest = [...found].filter((ecosystem) => ecosystem !== 'none').sort();
  return found.has('none') ? [...rest, 'none'] : rest;
}

function opens({ ecosystems }: PullTokenInfo, ecosystem: string): boolean {
  if (ecosystem === 'all') return true;
  if (ecosystem === 'none') return ecosystems.length === 0;
  return ecosystems.some((one) => one === ecosystem);
}

const texts = new WeakMap<PullTokenInfo, string>();

/** Written once for each token: somebody who types searches ten thousand of them at every letter. */
function searchable(token: PullTokenInfo): string {
  const known = texts.get(token);
  if (known !== undefined) return known;
  const text = [token.name, token.description, token.id, ...token.roles.map(({ role }) => role)].join('\n').toLowerCase();
  texts.set(token, text);
  return text;
}
