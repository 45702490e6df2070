// A proxy that leads to the simulator under the platform's own names: a browser asks `console-api.enforce.dev` with its
// own certificate checks, and the extension is the one that people install.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface Gateway {
  /** `127.0.0.1:PORT` */
  readonly address: string;
  /** What was asked for that leads nowhere: a browser's own errands, and whatever an extension should not ask. */
  readonly refused: readonly string[];
  /** Ends every connection, and lets no new one through until it is undone. */
  unplug(): void;
  plug(): void;
  /** Keeps back whatever is said from now on, by either side, until it is released: nothing fails, it only takes its time. */
  hold(): void;
  release(): void;
  close(): Promise<void>;
}

/** `rules` are the simulator's `connectTo`: HOST:PORT:ADDRESS:PORT, separated by commas. */
export async function startGateway(rules: string): Promise<Gateway> {
  const targets = new Map<string, { host: string; port: number }>(
    rules.split(',').map((rule) => {
      const [host, port, address, actual] = rule.split(':');
      return [`${host}:${port}`, { host: address ?? '', port: Number(actual) }] as const;
    }),
  );
  const open = new Set<Socket>();
  const refused: string[] = [];
  let isPlugged = true;
  let passage = Promise.resolve();
  let release = (): void => {};

  const server = createServer((_, answer) => answer.writeHead(502).end());
  server.on('connect', (request, client: Socket) => {
    const target = targets.get(request.url ?? '');
    if (target === undefined) refused.push(request.url ?? '');
    if (target === undefined || !isPlugged) return void client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    const upstream = connect(target, () => client.write('HTTP/1.1 200 OK\r\n\r\n'));
    join(client, upstream, () => passage);
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', () => {}).on('close', () => {
        open.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    return undefined;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const hangUp = (): void => open.forEach((socket) => socket.destroy());
  const gateway: Gateway = {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    refused,
    unplug: () => {
      isPlugged = false;
      hangUp();
    },
    plug: () => {
      isPlugged = true;
    },
    hold: () => {
      const earlier = release;
      passage = new Promise((resolve) => {
        release = () => {
          earlier();
          resolve();
        };
      });
    },
    release: () => release(),
    close: async () => {
      hangUp();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return gateway;
}

/** Passes on what either side says, in order, each piece as soon as the passage is open. */
function join(one: Socket, other: Socket, passage: () => Promise<void>): void {
  for (const [from, to] of [[one, other], [other, one]] as const) {
    let queue = Promise.resolve();
    from.on('data', (bytes) => {
      queue = queue.then(passage).then(() => void to.write(bytes));
    });
    from.on('end', () => void queue.then(() => to.end()));
  }
}

/**
 * The digests of the public keys that the simulator shows under its names, which is what Chromium is told to trust. The
 * names in the certificates and their authority are checked here, once.
 */
export async function spkiOf(rules: string, caFile: string): Promise<string[]> {
  const ca = await readFile(caFile);
  const digests = rules.split(',').map(async (rule) => {
    const [servername, , host, port] = rule.split(':');
    const socket = connectTls({ host, port: Number(port), servername, ca });
    await once(socket, 'secureConnect');
    const key = socket.getPeerX509Certificate()?.publicKey.export({ type: 'spki', format: 'der' }) ?? Buffer.alloc(0);
    socket.destroy();
    return createHash('sha256').update(key).digest('base64');
  });
  return [...new Set(await Promise.all(digests))];
}
