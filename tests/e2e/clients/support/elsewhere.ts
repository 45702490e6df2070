// Somebody else's server, which wants to hear a credential: it speaks HTTP and TLS on one port, plays any
// registry, any proxy and any host, refuses everything in the way that makes clients send more, and writes
// down all it hears.
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { selfSigned } from './certificate';

/** The first byte of every TLS connection. */
const TLS_HANDSHAKE = 0x16;

export class Elsewhere {
  /** Every request: its first line, its headers and its body. */
  readonly heard: string[] = [];
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly servers: readonly Server[],
    readonly port: number,
    /** What it signs its certificates with, in PEM form: for whoever can be talked into believing it. */
    readonly authority: string,
  ) {}

  static async start(): Promise<Elsewhere> {
    const { key, cert } = await selfSigned('DNS:libraries.cgr.dev', 'DNS:localhost', 'IP:127.0.0.1');
    const [front, plain, secret] = [createServer(), createHttp(), createHttps({ key, cert })];
    const [port, toPlain, toSecret] = await Promise.all([listen(front), listen(plain), listen(secret)]);
    const here = new Elsewhere([front, plain, secret], port, cert);
    front.on('connection', (socket: Socket) => {
      here.hold(socket).once('data', (first) => {
        socket.pause();
        const inner = connect(Buffer.from(first)[0] === TLS_HANDSHAKE ? toSecret : toPlain, '127.0.0.1');
        here.hold(inner).write(first);
        couple(socket, inner);
      });
    });
    for (const server of [plain, secret]) {
      server.on('request', (request, response) => here.answer(request, response));
      // Whatever host is asked for is played here as well.
      server.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => {
        here.note(request, '');
        const again = here.hold(connect(port, '127.0.0.1'));
        socket.write('HTTP/1.1 200 Connected\r\n\r\n');
        again.write(head);
        couple(here.hold(socket), again);
      });
    }
    return here;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  private hold(socket: Socket): Socket {
    this.sockets.add(socket);
    socket.on('error', () => {}).on('close', () => this.sockets.delete(socket));
    return socket;
  }

  private note({ method, url, rawHeaders }: IncomingMessage, body: string): void {
    this.heard.push([`${method} ${url}`, ...rawHeaders, body].join('\n'));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      this.note(request, Buffer.concat(parts).toString('latin1'));
      response.writeHead(401, { 'www-authenticate': 'Basic realm="elsewhere"', 'content-type': 'application/json' });
      response.end('{"error":"who are you?"}');
    });
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await Promise.all(this.servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
  }
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function couple(one: Socket, other: Socket): void {
  one.pipe(other).pipe(one);
  one.on('close', () => other.destroy());
  other.on('close', () => one.destroy());
}
