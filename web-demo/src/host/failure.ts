// Failures of the surroundings, in the words and with the codes of the package.
import { type Failure, PullTokenError } from 'pulltoken/web/core';

const AGAIN = 'sign in again, or choose another way';

/** Signing in was ended by somebody: the person, the browser or the issuer. */
export function refused(message: string, cause?: unknown): PullTokenError {
  return new PullTokenError({ code: 'sign_in_refused', message, hint: AGAIN }, cause);
}

/** It was stopped: by the person, or by the browser under it. */
export function interrupted(message: string, cause?: unknown): PullTokenError {
  return new PullTokenError({ code: 'interrupted', message, hint: 'begin again when you are ready' }, cause);
}

/** Failures whose hint names the command line, which nobody here sits at. */
const ELSEWHERE: ReadonlySet<string> = new Set(['not_signed_in', 'session_expired', 'session_unusable', 'sign_in_refused']);

/** What keeps somebody from signing in, with what can be done about it here. */
export async function here<T>(signingIn: Promise<T>): Promise<T> {
  try {
    return await signingIn;
  } catch (error) {
    if (!(error instanceof PullTokenError) || !ELSEWHERE.has(error.code)) throw error;
    throw new PullTokenError({ ...error.toJSON(), hint: AGAIN }, error);
  }
}

/** A failure in a form that gets through a message. */
export function told(error: unknown): Failure {
  if (error instanceof PullTokenError) return error.toJSON();
  // The words of a browser's own errors; what we throw is the other kind.
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal', message, hint: 'try again, and report it if it stays' };
}
