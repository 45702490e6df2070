// How a call is made: with which arguments and session, and how it is listened to and stopped.
import { type CallOptions, signalOf, stopped, unlessStopped, watched } from '../abort.js';
import { usage } from '../error.js';
import type { CallName } from '../generated/types.js';
import { type ClientOptions, connect, type Opened, session, taken } from '../options.js';
import { encode, unwrap } from '../raw.js';

/** What a client is made of, and its connection once there is one. */
interface State {
  options: ClientOptions;
  opened?: Opened;
}

// Not private fields: with those, a declaration would tell `Client` apart from its other builds'.
const clients = new WeakMap<object, State>();

/** Makes an object one that calls can be made on. */
export function enrol(client: object, options: unknown): void {
  clients.set(client, { options: taken(options) });
}

/** The calls that nobody has to be signed in for. */
const SESSIONLESS: ReadonlySet<CallName> = new Set<CallName>([
  'verifyAccess',
  'exchangeToken',
  'refreshSession',
  'signInByDevice',
  'signInHeadless',
  'checkOrganization',
]);

/** Makes a call. `told` hears what there is to say meanwhile; what it throws stops the call and is thrown. */
export async function call<T>(
  client: object,
  name: CallName,
  args: object,
  options: unknown,
  told?: (said: never) => void,
): Promise<T> {
  const state = clients.get(client);
  if (state === undefined) throw usage(`${name}: called on what is no Client`, 'call it on a `new Client(…)`');
  const signal = signalOf(name, options);
  if (signal?.aborted === true) throw stopped(signal);
  const text = encode(name, args, finite(name));
  const { connection, Cancellation } = (state.opened ??= connect(state.options));
  const bearer = SESSIONLESS.has(name) ? '' : await unlessStopped(signal, session(name, state.options, state.opened));
  const cancellation = new Cancellation();
  const cancel = (): void => cancellation.cancel();
  let thrown: { error: unknown } | undefined;
  let isOver = false;
  const listener = (text: string): void => {
    if (isOver || thrown !== undefined) return;
    try {
      told?.(JSON.parse(text) as never);
    } catch (error) {
      thrown = { error };
      cancel();
    }
  };
  const answer = await watched(signal, cancel, () =>
    connection.call(name, bearer, text, cancellation, told && listener),
  );
  isOver = true;
  if (thrown !== undefined) throw thrown.error;
  return unwrap<T>(answer, signal?.reason);
}

/** What is asked of the platform, without what is for this side. What is no object is refused with the signal. */
export function asked<T extends CallOptions>(options: T): object {
  const { signal, onWarning, onProgress, onCode, onUrl, ...rest } = { ...options } as T & Record<string, unknown>;
  return rest;
}

/** The function that a call cannot do without. */
export function required<O extends object, K extends string & keyof O>(name: string, field: K, options: O): O[K] {
  const found = (options as O | undefined)?.[field];
  if (typeof found === 'function') return found;
  throw usage(`${name}: expected a function in \`${field}\``, 'a person has to learn what it is told');
}

/** Refuses the numbers that JSON has no words for: it would say `null`, which is as if they were not there. */
function finite(name: string): (field: string, value: unknown) => unknown {
  return (field, value) => {
    if (typeof value !== 'number' || Number.isFinite(value)) return value;
    throw usage(`${name}: expected a number in \`${field}\``, 'pass a whole number, or leave it out');
  };
}
