// Failures of the surroundings, in the words and with the codes of the package.
import { type Failure, PullTokenError } from 'pulltoken/web/core';

/** Signing in was ended by somebody: the person, the browser or the issuer. */
export function refused(message: string, cause?: unknown): PullTokenError {
  return new PullTokenError({ code: 'sign_in_refused', message, hint: 'sign in again, or choose another way' }, cause);
}

/** It was stopped: by the person, or by the browser under it. */
export function interrupted(message: string, cause?: unknown): PullTokenError {
  return new PullTokenError({ code: 'interrupted', message, hint: 'begin again when you are ready' }, cause);
}

/** A failure in a form that gets through a message. */
export function told(error: unknown): Failure {
  if (error instanceof PullTokenError) return error.toJSON();
  // The words of a browser's own errors; what we throw is the other kind.
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal', message, hint: 'try again, and report it if it stays' };
}
