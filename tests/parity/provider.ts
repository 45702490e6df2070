// An OpenID provider that gives device codes and then says what it is told to.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Provider {
  url: string;
  /** When it was asked for a token, in milliseconds. */
  asked: number[];
  close(): Promise<void>;
}

/** `errors` are its answers to whoever asks for a token, in turn; the last one stays. */
export async function provider(...errors: string[]): Promise<Provider> {
  const asked: number[] = [];
  const server = createServer((request, response) => {
    const say = (status: number, body: object) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.url === '/.well-known/openid-configuration') {
      say(200, { issuer: url, token_endpoint: `${url}/token`, device_authorization_endpoint: `${url}/device` });
    } else if (request.url === '/device') {
      say(200, { device_code: 'd'.repeat(40), user_code: 'ABCD-EFGH', verification_uri: `${url}/activate`, expires_in: 900, interval: 1 });
    } else {
      say(400, { error: errors[Math.min(asked.push(performance.now()), errors.length) - 1] });
    }
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    asked,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        // Those that clients would keep.
        server.closeAllConnections();
      }),
  };
}
