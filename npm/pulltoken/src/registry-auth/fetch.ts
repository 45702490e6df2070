// `fetch` with a header that depends on the URL of each hop.
import { PullTokenError } from '../error.js';

/** The global `fetch`, where types for it are at hand. */
export type Fetch = typeof globalThis extends { fetch: infer F } ? F : (input: string) => Promise<unknown>;

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
const MOST = 5;
/** What belongs to the host that it was meant for. */
const PRIVATE = ['authorization', 'cookie', 'proxy-authorization'];

/** Asks for the header of every URL that a request comes to. */
export function following(header: (url: string) => Promise<string | undefined>): Fetch {
  const send = async (request: Request, redirect: Request['redirect']): Promise<Response> => {
    const value = request.headers.has('authorization') ? undefined : await header(request.url);
    const headers = new Headers(request.headers);
    if (value !== undefined) headers.set('authorization', value);
    return globalThis.fetch(request, { headers, redirect });
  };

  return async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    let request = new Request(input, init);
    const { method, signal, redirect } = request;
    const isRead = method === 'GET' || method === 'HEAD';
    // A body cannot be sent twice, and the registry wants none from us.
    if (redirect !== 'follow' || !isRead) return send(request, redirect === 'follow' ? 'error' : redirect);
    for (let hop = 0; hop <= MOST; hop += 1) {
      const answer = await send(request, 'manual');
      const location = answer.headers.get('location');
      if (location === null || !REDIRECTS.includes(answer.status)) return answer;
      await answer.body?.cancel();
      const [from, to] = [new URL(request.url), new URL(location, request.url)];
      const headers = new Headers(request.headers);
      if (to.origin !== from.origin) for (const name of PRIVATE) headers.delete(name);
      request = new Request(to, { method, headers, signal });
    }
    const message = `more than ${MOST} redirects, the last to ${new URL(request.url).host}`;
    throw new PullTokenError({ code: 'unexpected_response', message, hint: 'try again; the registry or its store is out of order' });
  };
}
