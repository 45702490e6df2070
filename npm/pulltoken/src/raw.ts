// The functions of the Rust side, each from JSON text to JSON text, and how they are called.
import { type Failure, PullTokenError, usage } from './error.js';
import type { CallName, RawName } from './generated/types.js';

/** What both bindings export. */
export interface Raw extends Readonly<Record<RawName, (args: string) => string>> {
  /** `inspectCredentials` for two texts, which need not go through JSON; `options` may be empty. */
  inspectPair(username: string, password: string, now: number, options: string): string;
  /** Finds credentials; not in the module without editors. */
  getCredentials(args: string, now: number): string;
  /** The wish to stop a call. */
  readonly Cancellation: new () => RawCancellation;
  /** The platform, from the JSON text of its addresses. Only WebAssembly takes a `fetch`. */
  readonly Connection: new (options: string, fetch?: unknown) => RawConnection;
}

export interface RawCancellation {
  cancel(): void;
}

export interface RawConnection {
  /** A call from JSON text to JSON text; `session` may be empty. `listener` hears JSON texts. */
  call(
    name: CallName,
    session: string,
    args: string,
    cancellation: RawCancellation,
    listener?: (text: string) => void,
  ): Promise<string>;
  /** Finds credentials with what this machine has of its user. The native module alone. */
  credentials?(args: string, cancellation: RawCancellation): Promise<string>;
  /** The stored session for the API, or `null`. The native module alone. */
  storedSession?(shared: string | undefined, cancellation: RawCancellation): Promise<string>;
}

let current: Raw | undefined;

/** Makes a binding the one that is used. */
export function install(raw: Raw): void {
  current = raw;
}

export function isInstalled(): boolean {
  return current !== undefined;
}

/** Calls a function with named arguments. `T` is the shape of its result on the wire. */
export function call<T>(name: RawName, args: object): T {
  return unwrap(binding(name)[name](encode(name, args)));
}

/** The binding, for what a function of that name asks of it. */
export function binding(name: string): Raw {
  if (current !== undefined) return current;
  throw usage(`${name}: the WebAssembly module is not loaded yet`, 'call `await init()` of pulltoken/web once before');
}

/** Writes arguments as JSON. */
export function encode(name: string, args: object, replacer?: (field: string, value: unknown) => unknown): string {
  try {
    // What JSON has no words for is nothing, and refused by the other side.
    return JSON.stringify(args, replacer) ?? 'null';
  } catch (cause) {
    if (cause instanceof PullTokenError) throw cause;
    // A BigInt, a circle, a getter that throws.
    throw usage(`${name}: an argument cannot be written as JSON`, 'see the types of the package `pulltoken`', cause);
  }
}

/** Takes a result out of its envelope, or throws. `cause` is why, where somebody wanted to stop. */
export function unwrap<T>(answer: string, cause?: unknown): T {
  const envelope = JSON.parse(answer) as { ok: T } | { error: Failure };
  if (!('error' in envelope)) return envelope.ok;
  throw new PullTokenError(envelope.error, envelope.error.code === 'interrupted' ? cause : undefined);
}
