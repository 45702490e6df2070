// A proxy of the kind that companies have: it connects where it is told to and looks at nothing. It knows no
// address but the simulator's and this machine's, so that no test reaches the outside.
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

export class Tunnel {
  /** `HOST:PORT` of every connection that was asked for. */
  readonly asked: string[] = [];

  private constructor(
    private readonly server: Server,
    private readonly sockets: Set<Socket>,
    /** `http://127.0.0.1:PORT` */
    readonly url: string,
  ) {}

  /** One that follows rules as `PULLTOKEN_CONNECT_TO` holds them. */
  static async start(connectTo: string): Promise<Tunnel> {
    const places = new Map<string, { host: string; port: number }>(
      connectTo.split(',').map((rule) => {
        const [host, port, address, to] = rule.split(':');
        return [`${host}:${port}`, { host: address ?? '', port: Number(to) }];
      }),
    );
    const server = createServer(pass);
    const sockets = new Set<Socket>();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const tunnel = new Tunnel(server, sockets, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on('connection', (socket: Socket) => tunnel.hold(socket));
    server.on('connect', ({ url = '' }, near: Socket) => {
      tunnel.asked.push(url);
      const place = places.get(url) ?? here(url);
      if (place === undefined) {
        near.end('HTTP/1.1 502 Unknown\r\n\r\n');
        return;
      }
      const far = tunnel.hold(connect(place, () => near.write('HTTP/1.1 200 Connected\r\n\r\n')));
      near.pipe(far).pipe(near);
      near.on('close', () => far.destroy());
      far.on('close', () => near.destroy());
    });
    return tunnel;
  }

  private hold(socket: Socket): Socket {
    this.sockets.add(socket);
    // A client that goes away in the middle is no concern of the test's.
    socket.on('error', () => {}).on('close', () => this.sockets.delete(socket));
    return socket;
  }

  stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

/** This machine under its own names. */
function here(target: string): { host: string; port: number } | undefined {
  const [host = '', port] = target.split(':');
  return ['localhost', '127.0.0.1'].includes(host) ? { host, port: Number(port) } : undefined;
}

/** What is not encrypted is asked for by its whole address. */
function pass(near: IncomingMessage, response: ServerResponse): void {
  const { hostname, port } = new URL(near.url ?? '', 'http://unknown.invalid');
  if (hostname !== '127.0.0.1') {
    response.writeHead(502).end();
    return;
  }
  const { method, url, headers } = near;
  const far = request({ host: hostname, port, method, path: url?.replace(/^http:\/\/[^/]*/, ''), headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  far.on('error', () => response.destroy());
  near.pipe(far);
}
