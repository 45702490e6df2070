// What a client is made of: where the platform is, who asks, and how it is reached.
import { PullTokenError, usage } from './error.js';
import type { Endpoints } from './generated/types.js';
import type { Raw, RawConnection } from './raw.js';
import { encode, unwrap } from './raw.js';
import { surroundings } from './surroundings.js';
import { isObject } from './values.js';

/** `Request` where the types of the DOM or of Node are at hand. */
type FetchRequest = typeof globalThis extends { Request: { prototype: infer R } } ? R : unknown;

/** What is needed of a `Response`. */
export interface FetchResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** Where the platform is and who asks. What is absent comes, in Node, from the variables of the command line. */
export interface ClientOptions extends Endpoints {
  /**
   * A session whose audience is the API, or what gives one. If absent, in Node `PULLTOKEN_SESSION_TOKEN`, else what
   * `pulltoken login` stored for these addresses, renewed if need be (the native module alone, without `fetch`).
   */
  token?: string | (() => string | Promise<string>) | undefined;
  /**
   * Rules `HOST:PORT:ADDRESS:PORT` as curl has them, several also with commas: connections for one host are made
   * elsewhere, while names and certificates stay those of the host. Node's native module alone.
   */
  connectTo?: string | readonly string[] | undefined;
  /** A file in PEM form with authorities to trust beside the system's. Node's native module alone. */
  caFile?: string | undefined;
  /**
   * What sends requests in the place of the global `fetch`: it is given a `Request`. In Node it makes the client
   * send by WebAssembly, where `connectTo` and `caFile` do not count and are refused.
   */
  fetch?: ((request: FetchRequest) => PromiseLike<FetchResponse> | FetchResponse) | undefined;
}

/** The options as given; read when they are first needed, since `pulltoken/web` may not be loaded before. */
export function taken(options: unknown): ClientOptions {
  if (!isObject(options)) throw usage('Client: expected an object of options', 'see the type ClientOptions');
  return { ...(options as ClientOptions) };
}

/** A connection, and the kind of wish that its binding understands. */
export interface Opened {
  connection: RawConnection;
  Cancellation: Raw['Cancellation'];
}

/** Opens a connection: nothing is sent, and what is wrong with addresses is the answer to every call. */
export function connect(options: ClientOptions): Opened {
  const { variable, ruledConnections, binding } = surroundings();
  const { api, issuer, registry, caFile, fetch } = options;
  if (fetch !== undefined && typeof fetch !== 'function') {
    throw usage('Client: expected a function in `fetch`', 'pass what takes a Request and gives a Response');
  }
  const sendsByFetch = fetch !== undefined || !ruledConnections;
  if (sendsByFetch && (options.connectTo !== undefined || caFile !== undefined)) {
    throw usage(
      'Client: `connectTo` and `caFile` do not go with fetch, which decides itself where it connects and whom it trusts',
      'leave them out, or in Node leave `fetch` out',
    );
  }
  const connectTo = sendsByFetch ? undefined : rules(options.connectTo ?? variable('PULLTOKEN_CONNECT_TO'));
  const settings = {
    api: api ?? variable('PULLTOKEN_API'),
    issuer: issuer ?? variable('PULLTOKEN_ISSUER'),
    registry: registry ?? variable('PULLTOKEN_REGISTRY'),
    connectTo,
    caFile,
  };
  const { Connection, Cancellation } = binding(fetch !== undefined);
  return { connection: new Connection(encode('Client', settings), fetch), Cancellation };
}

function rules(given: string | readonly string[] | undefined): readonly string[] | undefined {
  return typeof given === 'string' ? given.split(',') : given;
}

/** The session, which may have to be waited for. */
export async function session(name: string, { token }: ClientOptions, { connection, Cancellation }: Opened): Promise<string> {
  const { variable } = surroundings();
  let given: unknown = token ?? variable('PULLTOKEN_SESSION_TOKEN');
  if (given === undefined) {
    // Asked for each time: another process may have renewed it, or somebody signed in or out.
    const stored = await connection.storedSession?.(variable('PULLTOKEN_SHARED_CACHE'), new Cancellation());
    given = (stored === undefined ? null : unwrap<string | null>(stored)) ?? '';
  }
  if (typeof given === 'function') {
    try {
      given = await (given as () => unknown)();
    } catch (cause) {
      const message = `${name}: the function that gives the session failed`;
      throw new PullTokenError({ code: 'not_signed_in', message, hint: 'see the cause' }, cause);
    }
  }
  if (typeof given === 'string') return given;
  throw usage(`${name}: expected a string in \`token\``, 'pass a session, or a function that gives one');
}
