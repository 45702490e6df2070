// Values on their way in and out: moments and pairs.
import { PullTokenError, usage } from './error.js';

/** A username and a password. What has more fields, such as a `PullToken`, is one as well. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** The same shape with every `Date` as the RFC 3339 text that it is on the wire. */
export type Wire<T> = { [K in keyof T]: T[K] extends Date | null | undefined ? Exclude<T[K], Date> | string : T[K] };

/** Turns the named texts into dates, in place. */
export function revive<T extends object>(value: Wire<T>, ...names: (keyof T & string)[]): T {
  const fields = value as Record<string, unknown>;
  for (const name of names) {
    const text = fields[name];
    if (typeof text === 'string') fields[name] = new Date(text);
  }
  return value as T;
}

/** Milliseconds since 1970 of a moment, the present one if there is none. */
export function millis(name: string, moment: unknown): number {
  return time(name, 'now', moment) ?? Date.now();
}

/** Milliseconds since 1970 of the moment in a field, if there is one. */
export function time(name: string, field: string, moment: unknown): number | undefined {
  if (moment === undefined || moment === null) return undefined;
  // By its tag: a date of another realm is no instance of this one's class.
  if (Object.prototype.toString.call(moment) !== '[object Date]') {
    throw usage(`${name}: expected a Date in \`${field}\``, 'pass a Date, or leave it out');
  }
  const millis = (moment as Date).getTime();
  if (Number.isNaN(millis)) {
    const message = `${name}: the Date in \`${field}\` is invalid`;
    throw new PullTokenError({ code: 'invalid_time', message, hint: 'pass a valid Date, or leave it out' });
  }
  return millis;
}

/** The two fields of a pair, whatever else is in it. What is no pair goes on as it is and is refused there. */
export function pair(credentials: unknown): unknown {
  if (!isObject(credentials)) return credentials;
  return { username: credentials['username'], password: credentials['password'] };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** 128 random bits as 32 hex digits. */
export function randomHex(): string {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
