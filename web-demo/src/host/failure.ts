// Failures of the surroundings, with the codes of the package.
import { type Failure, PullTokenError } from 'pulltoken/web/core';
import { text, type MessageKey } from '../text';

/** Signing in was ended by somebody: the person, the browser or the issuer. */
export function refused(what: MessageKey, cause?: unknown, hint: MessageKey = 'failure_again'): PullTokenError {
  return new PullTokenError({ code: 'sign_in_refused', message: text(what), hint: text(hint) }, cause);
}

/** It was stopped: by the person, or by the browser under it. */
export function interrupted(what: MessageKey, cause?: unknown): PullTokenError {
  return new PullTokenError({ code: 'interrupted', message: text(what), hint: text('failure_begin_again') }, cause);
}

/** Failures whose hint names the command line, which nobody here sits at. */
const ELSEWHERE: ReadonlySet<string> = new Set(['not_signed_in', 'session_expired', 'session_unusable', 'sign_in_refused']);

/** What keeps somebody from signing in, with what can be done about it here. */
export async function here<T>(signingIn: Promise<T>): Promise<T> {
  try {
    return await signingIn;
  } catch (error) {
    if (!(error instanceof PullTokenError) || !ELSEWHERE.has(error.code)) throw error;
    throw new PullTokenError({ ...error.toJSON(), hint: text('failure_again') }, error);
  }
}

/** A failure in a form that gets through a message. */
export function told(error: unknown): Failure {
  if (error instanceof PullTokenError) return error.toJSON();
  // The words of a browser's own errors; what we throw is the other kind.
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal', message, hint: text('failure_report') };
}
