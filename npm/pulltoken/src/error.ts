// The one error that this package throws.
import type { ErrorCode, SweepReport } from './generated/types.js';

/** What an error says, as the Rust side writes it and `toJSON` gives it. */
export interface Failure {
  code: ErrorCode;
  message: string;
  hint: string;
  status?: number;
  requestId?: string;
}

// Known by its brand: the ESM and the CommonJS build each have a class of their own.
const BRAND = Symbol.for('pulltoken.error');

/** Every failure: what happened under a stable code, and what to do next. Never holds a secret. */
export class PullTokenError extends Error {
  /** The stable code. */
  readonly code: ErrorCode;
  /** What to do next, one line. */
  readonly hint: string;
  /** The HTTP status, where a server answered. */
  declare readonly status?: number;
  /** The server's id of the request, where it gave one. */
  declare readonly requestId?: string;
  /** How far a sweep had come that was stopped. */
  declare readonly sweep?: SweepReport;

  /**
   * Made by this package; by others where an error crosses from one process to another as the JSON of `toJSON`,
   * or where what surrounds the package fails for a reason of its own.
   */
  constructor(failure: Failure, cause?: unknown, sweep?: SweepReport) {
    super(failure.message, cause === undefined ? undefined : { cause });
    this.code = failure.code;
    this.hint = failure.hint;
    if (failure.status !== undefined) this.status = failure.status;
    if (failure.requestId !== undefined) this.requestId = failure.requestId;
    if (sweep !== undefined) this.sweep = sweep;
  }

  /** Whether the value is such an error, of whichever copy of this package. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  /** The form that the command line prints with `-o json`. */
  toJSON(): Failure {
    const { code, message, hint, status, requestId } = this;
    return {
      code,
      message,
      hint,
      ...(status === undefined ? {} : { status }),
      ...(requestId === undefined ? {} : { requestId }),
    };
  }
}

Object.defineProperty(PullTokenError.prototype, BRAND, { value: true });
Object.defineProperty(PullTokenError.prototype, 'name', {
  value: 'PullTokenError',
  configurable: true,
  writable: true,
});

/** A failure of the caller's. */
export function usage(message: string, hint: string, cause?: unknown): PullTokenError {
  return new PullTokenError({ code: 'usage', message, hint }, cause);
}
