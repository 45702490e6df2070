// Stopping what takes time.
import { PullTokenError, usage } from './error.js';
import { isObject } from './values.js';

/** What is needed of an `AbortSignal`. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** How every call may be stopped. */
export interface CallOptions {
  /** Stops the call; what was begun is taken back where that is possible. */
  signal?: AbortSignalLike | undefined;
}

/** The signal in a call's options, if there is one. */
export function signalOf(name: string, options: unknown): AbortSignalLike | undefined {
  if (!isObject(options)) throw usage(`${name}: expected an object of options`, 'see the types of the package `pulltoken`');
  const signal = options['signal'];
  if (signal === undefined || signal === null) return undefined;
  if (isObject(signal) && typeof signal['addEventListener'] === 'function') {
    return signal as unknown as AbortSignalLike;
  }
  throw usage(`${name}: expected an AbortSignal in \`signal\``, 'pass the signal of an AbortController, or leave it out');
}

/** Does the work, and tells `stop` when the signal aborts, also when it has before. */
export async function watched<T>(
  signal: AbortSignalLike | undefined,
  stop: () => void,
  work: () => Promise<T>,
): Promise<T> {
  if (signal === undefined) return work();
  signal.addEventListener('abort', stop);
  try {
    if (signal.aborted) stop();
    return await work();
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** The error of a call that was stopped before it did anything. */
export function stopped(signal: AbortSignalLike): PullTokenError {
  const message = 'interrupted: nothing was sent';
  return new PullTokenError({ code: 'interrupted', message, hint: 'run it again when you are ready' }, signal.reason);
}

/** Waits for a promise, but no longer than the signal allows. */
export function unlessStopped<T>(signal: AbortSignalLike | undefined, promise: Promise<T>): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(stopped(signal));
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
