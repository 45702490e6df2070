// A server that sends everybody somewhere else.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RedirectingServer {
  url: string;
  /** What it was asked for. */
  paths: string[];
  close(): void;
}

export async function redirecting(): Promise<RedirectingServer> {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url ?? '');
    response.writeHead(302, { location: '/sign-in?token=hunter2#hunter2' }).end();
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, paths, close: () => server.close() };
}
