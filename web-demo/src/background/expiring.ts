// Which tokens expire soon, and of which of them nobody has been told. No browser here.
import type { PullTokenInfo } from 'pulltoken/web/core';

/** A token that is about to expire. */
export interface Expiring {
  id: string;
  name: string;
  expiresAt: Date;
}

/** Whom was told of: the token's id, and when it expires in milliseconds since 1970. */
export type Announced = Record<string, number>;

const DAY = 86_400_000;

/** The tokens that are valid at `now` and end within so many days, the next to end first. */
export function expiringWithin(days: number, tokens: readonly PullTokenInfo[], now: Date): Expiring[] {
  const last = now.getTime() + days * DAY;
  return tokens
    .flatMap(({ id, name, expiresAt }) => (expiresAt ? [{ id, name, expiresAt }] : []))
    .filter(({ expiresAt }) => expiresAt > now && expiresAt.getTime() <= last)
    .sort((one, other) => one.expiresAt.getTime() - other.expiresAt.getTime());
}

/** Those that are to be announced, and what is to be remembered then. */
export function unannounced(expiring: readonly Expiring[], announced: Announced, now: Date): { fresh: Expiring[]; announced: Announced } {
  // What has ended meanwhile will not be announced again, and need not be remembered.
  const kept = Object.entries(announced).filter(([, expiresAt]) => expiresAt > now.getTime());
  const fresh = expiring.filter(({ id }) => !Object.hasOwn(announced, id));
  const added = fresh.map(({ id, expiresAt }) => [id, expiresAt.getTime()] as const);
  return { fresh, announced: Object.fromEntries([...kept, ...added]) };
}

/** What a storage held of what was announced. */
export function readAnnounced(value: unknown): Announced {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
}

/** A number in the room that a badge has. */
export function badgeText(count: number): string {
  if (count === 0) return '';
  return count > 999 ? '999+' : String(count);
}

/** A name of somebody's choosing as a part of a sentence: clipped, and so that it turns nothing around it. */
export function quoted(name: string): string {
  const printable = name.replace(/[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
  const letters = [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(printable)];
  const clipped = letters.length > 60 ? `${letters.slice(0, 59).map(({ segment }) => segment).join('')}…` : printable;
  return `\u2068${clipped}\u2069`;
}
