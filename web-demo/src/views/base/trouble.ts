// What went wrong, as far as it decides what can be done next.
import { PullTokenError, type ErrorCode } from 'pulltoken/web/core';

/** What a person can do about a failure besides reading its hint. */
export type Remedy = 'sign_in' | 'retry' | 'none';

/** A failure, told. */
export interface Trouble {
  /** One sentence; absent where it is nobody's known failure and `message` is for whoever reports it. */
  code?: ErrorCode;
  message: string;
  hint?: string;
  /** What the server calls the request. */
  requestId?: string;
  remedy: Remedy;
}

const SIGN_IN: ReadonlySet<ErrorCode> = new Set(['not_signed_in', 'session_expired', 'session_unusable', 'unauthenticated']);
const RETRY: ReadonlySet<ErrorCode> = new Set([
  'network', 'tls', 'timeout', 'rate_limited', 'server_error', 'unexpected_response', 'interrupted', 'incomplete', 'internal',
]);

/** Tells a failure of any kind. */
export function troubleOf(error: unknown): Trouble {
  if (!(error instanceof PullTokenError)) {
    return { message: error instanceof Error ? error.message : String(error), remedy: 'retry' };
  }
  const { code, message, hint, requestId } = error;
  const remedy = SIGN_IN.has(code) ? 'sign_in' : RETRY.has(code) ? 'retry' : 'none';
  return { code, message, hint, remedy, ...(requestId === undefined ? {} : { requestId }) };
}

/** Whether somebody stopped the call on purpose. */
export function isStop(error: unknown): boolean {
  return error instanceof PullTokenError && error.code === 'interrupted';
}

/** Whether the same call may succeed as soon as the machine is on a network again. */
export function isOutage(error: unknown): boolean {
  return error instanceof PullTokenError && (error.code === 'network' || error.code === 'timeout');
}
