// A registry on loopback that asks for Basic first, and a public one on another host name. Both write down
// every request, above all what was in its Authorization header.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import { basic, type Pair } from './samples';

export interface Asked {
  method: string;
  path: string;
  authorization: string | undefined;
  status: number;
}

export interface File {
  body: string | Buffer;
  type?: string;
}

/** What a registry serves: the files by path, written for the registry's own URL. */
export type Files = (origin: string) => Record<string, File>;

export class Registry {
  readonly asked: Asked[] = [];
  private constructor(
    private readonly server: Server,
    /** `http://127.0.0.1:PORT` */
    readonly origin: string,
    private readonly expected: string | undefined,
    private readonly files: Record<string, File>,
  ) {}

  /** One that lets nobody in without the pair. */
  static closed(pair: Pair, files: Files): Promise<Registry> {
    return Registry.start('127.0.0.1', basic(pair), files);
  }

  /** One for everybody, on a host of another name. */
  static open(files: Files): Promise<Registry> {
    return Registry.start('localhost', undefined, files);
  }

  private static async start(host: string, expected: string | undefined, files: Files): Promise<Registry> {
    const server = createServer();
    // Not both families: the two registries may not be one another's.
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    const origin = `http://${host}:${(server.address() as AddressInfo).port}`;
    const registry = new Registry(server, origin, expected, files(origin));
    server.on('request', (request, response) => registry.answer(request, response));
    onTestFinished(() => registry.close());
    return registry;
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const path = decodeURIComponent((request.url ?? '/').split('?')[0] ?? '/');
    const { authorization } = request.headers;
    const file = this.files[path];
    const status = this.expected !== undefined && authorization !== this.expected ? 401 : file === undefined ? 404 : 200;
    this.asked.push({ method: request.method ?? '', path, authorization, status });
    request.resume();
    if (status === 200 && file !== undefined) {
      const length = Buffer.byteLength(file.body);
      response.writeHead(200, { 'content-type': file.type ?? 'application/octet-stream', 'content-length': length });
      response.end(request.method === 'HEAD' ? undefined : file.body);
      return;
    }
    if (status === 401) response.setHeader('www-authenticate', 'Basic realm="libraries"');
    response.writeHead(status, { 'content-type': 'application/json' }).end('{"error":"refused"}');
  }

  private close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  /** Fails unless these paths were served, and no request bore anything but this very header. */
  expectServed(...paths: string[]): void {
    const served = new Set(this.asked.filter((request) => request.status === 200).map((request) => request.path));
    expect([...served]).toEqual(expect.arrayContaining(paths));
    if (this.expected === undefined) {
      // Leaks are looked for where something was asked at all.
      expect(this.asked.filter((request) => request.authorization !== undefined)).toEqual([]);
    } else {
      const headers = new Set(this.asked.map((request) => request.authorization).filter((it) => it !== undefined));
      expect([...headers]).toEqual([this.expected]);
    }
  }
}
