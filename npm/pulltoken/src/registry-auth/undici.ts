// An interceptor for undici, which is no dependency: its types are those of whoever passes a dispatcher in.

/** Any `dispatch` of undici's. */
export type Dispatch = (options: never, handler: never) => boolean;

/** What is needed of its options. */
interface Options {
  origin?: string | URL | undefined;
  path: string;
  headers?: Headers | undefined;
}

/** Names and values by turns, or by name, or in pairs. */
type Headers = readonly string[] | Record<string, unknown> | Iterable<readonly [string, unknown]>;

/** What is told of a failure: the second by handlers of older versions. */
interface Handler {
  onResponseError?(controller: null, error: unknown): void;
  onError?(error: unknown): void;
}

/** Puts the header of its URL into every request that goes by. */
export function intercepting(
  isForRegistry: (url: string) => boolean,
  header: (url: string) => Promise<string | undefined>,
): <D extends Dispatch>(dispatch: D) => D {
  return <D extends Dispatch>(given: D): D => {
    const dispatch = given as unknown as (options: Options, handler: Handler) => boolean;
    const intercepted = (options: Options, handler: Handler): boolean => {
      const url = `${new URL(String(options.origin)).origin}${options.path}`;
      if (!isForRegistry(url)) return dispatch(options, handler);
      header(url).then(
        (value) => dispatch(value === undefined ? options : { ...options, headers: withHeader(options.headers, value) }, handler),
        (error: unknown) => (handler.onResponseError ? handler.onResponseError(null, error) : handler.onError?.(error)),
      );
      return true;
    };
    return intercepted as unknown as D;
  };
}

/** The headers with this one in the place of any of its name. */
function withHeader(headers: Headers | undefined, value: string): string[] {
  const flat: string[] = [];
  for (const [name, one] of pairs(headers)) {
    if (name.toLowerCase() === 'authorization' || one === undefined) continue;
    for (const text of Array.isArray(one) ? one : [one]) flat.push(name, String(text));
  }
  return [...flat, 'authorization', value];
}

function pairs(headers: Headers | undefined): Iterable<readonly [string, unknown]> {
  if (headers === undefined || headers === null) return [];
  if (Array.isArray(headers)) {
    const flat = headers as readonly string[];
    return flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1]] as const] : []));
  }
  if (Symbol.iterator in headers) return headers as Iterable<readonly [string, unknown]>;
  return Object.entries(headers);
}
