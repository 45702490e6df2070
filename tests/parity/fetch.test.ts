// A `fetch` of the user's own, on every binding, and whatever it may do: there is always an answer or an error.
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';

import { keepOneKey } from './keys.ts';
import { runtimes } from './runtimes.ts';
import { Simulator } from './simulator.ts';

let simulator: Simulator;

keepOneKey();
beforeAll(async () => {
  simulator = await Simulator.start();
});
afterAll(() => simulator?.stop());
afterEach(() => {
  vi.unstubAllGlobals();
});

describe.each(runtimes)('%s', (runtime, api) => {
  const using = (fetch: unknown) => simulator.client(api, 'owner', { fetch } as object);

  test('it is given every request, as a Request that asks for no more than it should', async () => {
    const seen: Request[] = [];
    const client = using((request: Request) => {
      seen.push(request.clone());
      return fetch(request);
    });
    const token = await client.createPullToken({ parent: 'example', ecosystem: 'java', name: 'by fetch' });
    expect(await client.verifyAccess({ ecosystem: 'java', credentials: token })).toMatchObject({ allowed: true });
    expect(seen.length).toBeGreaterThan(6);
    for (const request of seen) {
      expect(request).toBeInstanceOf(Request);
      expect(request).toMatchObject({
        redirect: 'manual',
        credentials: 'omit',
        cache: 'no-store',
        referrerPolicy: 'no-referrer',
      });
      expect(request.headers.get('authorization')).toMatch(/^(Bearer|Basic) ./);
    }
    const [identity] = seen.filter(({ method }) => method === 'POST');
    expect(identity?.headers.get('content-type')).toBe('application/json');
    const body = (await identity?.json()) as { static: { issuerKeys: string } };
    const { keys } = JSON.parse(body.static.issuerKeys) as { keys: object[] };
    // The public half of a key of 4096 bits, and nothing else.
    expect(keys).toStrictEqual([
      { kty: 'RSA', use: 'sig', alg: 'RS256', kid: expect.any(String), n: expect.stringMatching(/^.{683}$/), e: 'AQAB' },
    ]);
  });

  const mine = new Error('mine');
  test.each<[what: string, fetch: unknown, code: string, message: string]>([
    ['throws at once', () => { throw mine; }, 'network', 'mine'],
    ['throws no error', () => { throw undefined; }, 'network', 'fetch failed'],
    ['rejects', () => Promise.reject(mine), 'network', 'mine'],
    ['rejects with nothing', () => Promise.reject(), 'network', 'fetch failed'],
    ['says why in a cause', () => Promise.reject(new TypeError('fetch failed', { cause: mine })), 'network', 'mine'],
    [
      'distrusts the server',
      () => Promise.reject(new TypeError('fetch failed', { cause: { message: 'mine', code: 'CERT_HAS_EXPIRED' } })),
      'tls',
      'mine',
    ],
    ['gives nothing', () => undefined, 'unexpected_response', 'no Response'],
    ['gives null', () => null, 'unexpected_response', 'no Response'],
    ['gives a text', async () => 'hello', 'unexpected_response', 'no Response'],
    ['gives an empty object', async () => ({}), 'unexpected_response', 'no Response'],
    ['gives a status that is none', async () => ({ ...answering('{}'), status: 99 }), 'unexpected_response', 'no Response'],
    [
      'gives a body that fails',
      async () => ({ ...answering('{}'), arrayBuffer: () => Promise.reject(mine) }),
      'network',
      'mine',
    ],
    [
      'gives a body that throws',
      async () => ({ ...answering('{}'), arrayBuffer: () => { throw mine; } }),
      'network',
      'mine',
    ],
    ['gives a body that is none', async () => ({ ...answering('{}'), arrayBuffer: async () => 'x' }), 'unexpected_response', ''],
    ['gives what cannot be looked at', async () => new Proxy({}, { get: (_, name) => { if (name !== 'then') throw mine; } }), 'unexpected_response', 'no Response'],
    ['answers with what the platform never sends', async () => new Response('<html>'), 'unexpected_response', 'check the session'],
  ])('where it %s, there is an error', async (_what, fetch, code, message) => {
    const error = await using(fetch).whoami().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(api.PullTokenError);
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
  }, 20_000);

  test('a stand-in for Response is enough', async () => {
    const body = JSON.stringify({ subject: 'somebody', capabilities: [] });
    expect(await using(async () => answering(body)).whoami()).toMatchObject({ subject: 'somebody', email: null });
    expect(await using(() => answering(body)).whoami()).toMatchObject({ subject: 'somebody' });
  });

  test('headers that throw are none', async () => {
    const headers = { get: () => { throw mine; } };
    const call = using(async () => ({ ...answering('{}'), status: 404, headers })).whoami();
    await expect(call).rejects.toMatchObject({ code: 'not_found', status: 404 });
  });

  test('a request is ended when nobody waits for it any more', async () => {
    const controller = new AbortController();
    let signal: AbortSignal | undefined;
    const asked = new Promise<void>((done) => {
      void using((request: Request) => {
        ({ signal } = request);
        done();
        return new Promise(() => {});
      })
        .whoami({ signal: controller.signal })
        .catch(() => {});
    });
    await asked;
    expect(signal?.aborted).toBe(false);
    controller.abort();
    await expect.poll(() => signal?.aborted).toBe(true);
  });

  test('an edge runtime that knows no caches and cookies is asked without', async () => {
    class Plain extends Request {
      constructor(input: RequestInfo, init?: RequestInit) {
        for (const name of ['cache', 'credentials'] as const) {
          if (init?.[name] !== undefined) throw new Error(`The '${name}' field is not implemented.`);
        }
        super(input, init);
      }
    }
    vi.stubGlobal('Request', Plain);
    const client = using((request: Request) => fetch(request));
    expect(await client.whoami()).toMatchObject({ roles: [{ role: 'owner' }] });
  });

  test.each(['Request', 'Headers', 'URL', 'AbortController'])('without %s there is an error', async (name) => {
    const client = using(async () => new Response('{}'));
    await client.whoami();
    vi.stubGlobal(name, undefined);
    await expect(client.whoami()).rejects.toMatchObject({ name: 'PullTokenError', code: 'internal' });
  });

  test.each(['fetch', 'crypto'])('without %s there is an error', async (name) => {
    if (runtime === 'native') return;
    vi.stubGlobal(name, undefined);
    const call = simulator.client(api).createPullToken({ parent: 'example', ecosystem: 'java' });
    await expect(call).rejects.toMatchObject({ name: 'PullTokenError', code: 'internal' });
  });

  test('a global fetch that throws is an error as well', async () => {
    if (runtime === 'native') return;
    vi.stubGlobal('fetch', () => { throw mine; });
    await expect(simulator.client(api).whoami()).rejects.toMatchObject({ code: 'network' });
  });

  test.each(['a\nb', 'a\u0000b', 'grüße', '\ud800'])('a session that fits in no header is refused: %j', async (text) => {
    // Three parts, of which the middle one is read.
    const token = `${text}.eyJhdWQiOiJhIn0.c2ln`;
    const error = await simulator.client(api, 'owner', { token }).whoami().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'PullTokenError', code: expect.stringMatching(/^(session_unusable|usage)$/) });
    expect((error as Error).message).not.toContain(text);
  });
});

/** The least that is a response. */
function answering(text: string) {
  return {
    status: 200,
    headers: { get: () => null },
    arrayBuffer: async () => new TextEncoder().encode(text).buffer,
  };
}
