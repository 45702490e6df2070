// A proxy of the kind that companies have: it connects where it is told to and looks at nothing. It knows no
// address but the simulator's and those it was given, so that no test reaches the outside.
import { createServer, type Server } from 'node:http';
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
    const server = createServer((_, response) => response.writeHead(405).end());
    const sockets = new Set<Socket>();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const tunnel = new Tunnel(server, sockets, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on('connection', (socket: Socket) => tunnel.hold(socket));
    server.on('connect', ({ url = '' }, near: Socket) => {
      tunnel.asked.push(url);
      const place = places.get(url);
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
