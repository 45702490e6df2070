// What stands in the form for a new token, and what is wrong with it.
import { PullTokenError, parseTtl, validateDescription, validateName, type CreatePullTokenOptions, type EcosystemInfo } from 'pulltoken/web/core';

export interface Draft {
  name: string;
  description: string;
  ecosystems: string[];
  /** A number of days as one of the choices or as typed. */
  days: string;
}

/** What the core calls a token without a name. */
export const DEFAULT_NAME = 'pull-token';
export const LONGEST_DAYS = 365;
/** Lifetimes that are offered; others can be typed. */
export const OFFERED_DAYS = [7, 30, 90, 180, LONGEST_DAYS] as const;
export const EMPTY: Draft = { name: '', description: '', ecosystems: [], days: '30' };

export interface Faults {
  name?: string;
  description?: string;
  ecosystems?: 'missing';
  days?: 'range';
}

/** What the core says against the draft. An empty name or description is one that is left to the core. */
export function faultsOf({ name, description, ecosystems, days }: Draft): Faults {
  const faults: Faults = {};
  const ofName = name === '' ? undefined : messageOf(() => validateName(name));
  const ofDescription = description === '' ? undefined : messageOf(() => validateDescription(description));
  if (ofName !== undefined) faults.name = ofName;
  if (ofDescription !== undefined) faults.description = ofDescription;
  if (ecosystems.length === 0) faults.ecosystems = 'missing';
  if (ttlOf(days) === undefined) faults.days = 'range';
  return faults;
}

/** What to ask the platform for. */
export function requestOf({ name, description, ecosystems, days }: Draft, parent: string): CreatePullTokenOptions {
  return {
    parent,
    ecosystems,
    ttl: ttlOf(days),
    ...(name === '' ? {} : { name }),
    ...(description === '' ? {} : { description }),
  };
}

/** Whole days from 1 to 365 as a Go duration. */
export function ttlOf(days: string): string | undefined {
  if (!/^\d{1,3}$/.test(days.trim())) return undefined;
  const number = Number(days);
  return number >= 1 && number <= LONGEST_DAYS ? `${number * 24}h` : undefined;
}

/** The days that the plan allows, where the server's refusal names a time: its own words end in a Go duration. */
export function daysAllowed(error: unknown): number | undefined {
  if (!(error instanceof PullTokenError) || error.code !== 'ttl_exceeds_plan') return undefined;
  for (const word of error.message.split(/\s+/)) {
    const seconds = secondsOf(word.replace(/^\W+|\W+$/g, ''));
    if (seconds !== undefined && seconds >= 86_400) return Math.min(LONGEST_DAYS, Math.floor(seconds / 86_400));
  }
  return undefined;
}

/** The ecosystems that a token can be made for: the libraries the organisation has, the other libraries, the rest. */
export function offered(table: readonly EcosystemInfo[], entitled: ReadonlySet<string> | undefined): { ecosystem: string; isEntitled: boolean | undefined }[] {
  const rows = table.map(({ ecosystem, entitlement }) => ({
    ecosystem: ecosystem as string,
    isEntitled: entitlement === undefined || entitled === undefined ? undefined : entitled.has(ecosystem),
  }));
  const rank = ({ isEntitled }: { isEntitled: boolean | undefined }) => (isEntitled === true ? 0 : isEntitled === undefined ? 1 : 2);
  return rows.toSorted((one, other) => rank(one) - rank(other));
}

/** The message of the `PullTokenError` that a check throws. */
export function messageOf(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof PullTokenError) return error.message;
    throw error;
  }
}

function secondsOf(text: string): number | undefined {
  try {
    return parseTtl(text).seconds;
  } catch {
    // Not every word of a sentence is a duration.
    return undefined;
  }
}
