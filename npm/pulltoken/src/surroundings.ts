// What a client asks of the place it runs in, which differs between Node and the web.
import type { Raw } from './raw.js';

export interface Surroundings {
  /** A variable of the environment; an empty one is none. */
  variable(name: string): string | undefined;
  /** Where this is, in words, for the description of a token made here. */
  place(): string;
  /** The binding that makes the calls, over a `fetch` of the user's own or not. */
  binding(hasOwnFetch: boolean): Raw;
  /** Whether connections can be made elsewhere and authorities be added. */
  readonly ruledConnections: boolean;
}

let current: Surroundings | undefined;

/** Sets the surroundings; each entry point does so once. */
export function surround(surroundings: Surroundings): void {
  current = surroundings;
}

export function surroundings(): Surroundings {
  // The entry points do it before anything can be called.
  if (current === undefined) throw new Error('pulltoken was loaded by one of its inner files');
  return current;
}
