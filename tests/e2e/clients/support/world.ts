// One platform with one pull token, under its real names, and a proxy that leads there.
import { join } from 'node:path';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { BINARIES, type LoggedRequest, Simulator } from '../../../parity/simulator.ts';
import { run } from '../../formats/support/run';
import type { Pair } from '../../support/credentials';
import { Tunnel } from './tunnel';

export const PULLTOKEN = join(BINARIES, 'pulltoken');
export const REGISTRY = 'https://libraries.cgr.dev/javascript/';

export class World {
  private constructor(
    readonly simulator: Simulator,
    readonly pair: Pair,
    readonly tunnel: Tunnel,
    /** What `pulltoken` needs to reach it, but for the authority. */
    readonly reach: { PULLTOKEN_CONNECT_TO: string },
    readonly authority: string,
  ) {}

  static async start(...args: string[]): Promise<World> {
    const simulator = await Simulator.start('--tls', ...args);
    const { connectTo = '', caFile = '' } = simulator.facts;
    const reach = { PULLTOKEN_CONNECT_TO: connectTo };
    const [pair, tunnel] = await Promise.all([pullToken(simulator), Tunnel.start(connectTo)]);
    return new World(simulator, pair, tunnel, reach, caFile);
  }

  /** What arrived at the registry and at the store since the last time this was asked. */
  async asked(): Promise<{ registry: LoggedRequest[]; storage: LoggedRequest[] }> {
    const all = await this.simulator.requests();
    await this.simulator.forget();
    const of = (part: string) => all.filter((request) => request.part === part);
    return { registry: of('registry'), storage: of('storage') };
  }

  async stop(): Promise<void> {
    await this.tunnel.stop();
    await this.simulator.stop();
  }
}

async function pullToken(simulator: Simulator): Promise<Pair> {
  const { connectTo, caFile = '', tokens } = simulator.facts;
  const home = await mkdtemp(join(tmpdir(), 'pulltoken-clients-'));
  try {
    const args = ['--ca-file', caFile, 'create', '--repository', 'javascript', '--parent', 'example', '-o', 'json'];
    const env = { HOME: home, PULLTOKEN_CONNECT_TO: connectTo, PULLTOKEN_SESSION_TOKEN: tokens['owner'] };
    const { stdout } = await run([PULLTOKEN], args, { cwd: home, env });
    const { username, password } = JSON.parse(stdout) as Pair;
    return { username, password };
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
