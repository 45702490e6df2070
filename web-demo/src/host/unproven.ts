// A session that may be somebody else's: the browser brought it without the nonce that it was sent with.
import { Client, type FinishSignInOptions, finishSignIn } from 'pulltoken/web/core';
import { here, refused } from './failure';
import type { Settings } from './host';
import { stored } from './platform';
import { readStored, type StoredSession } from './sessions';

/** The session, and what the platform calls whoever it is of. */
export interface Unproven {
  who: string;
  session: StoredSession;
}

/** How a sign-in by a window ended. */
export type Brought = { isProven: true; session: StoredSession } | ({ isProven: false } & Unproven);

/** Reads what the window came back with. */
export async function brought(signIn: FinishSignInOptions['signIn'], answer: string, settings: Settings): Promise<Brought> {
  let isProven = true;
  const confirm = (): boolean => {
    // Not taken for good: what is made of it is for the person to say.
    isProven = false;
    return true;
  };
  const session = stored(await here(finishSignIn({ signIn, answer, confirm })), settings);
  if (isProven) return { isProven, session };
  const { api, issuer, token } = session;
  const { email, subject } = await here(new Client({ api, issuer, token }).whoami());
  return { isProven, session, who: email ?? subject };
}

/** What whoever waits for such a sign-in is told. */
export function unproven(): Error {
  return refused('failure_unproven');
}

/** What a storage held, if it is one. */
export function readUnproven(value: unknown): Unproven | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { who, session } = value as Record<string, unknown>;
  const found = readStored(session);
  return typeof who === 'string' && found !== undefined ? { who, session: found } : undefined;
}
