// `pulltoken-sim` as a child that ends when its standard input closes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Where `cargo xtask test` has built the programs; a build by hand otherwise. */
const BINARIES = process.env['PULLTOKEN_TEST_BINARIES'] ?? join(import.meta.dirname, '..', '..', 'target', 'debug');

export interface Simulator {
  api: string;
  issuer: string;
  registry: string;
  organization: { id: string; name: string };
  tokens: Record<string, string>;
  /** Every request so far. */
  requests(): Promise<{ part: string; method: string; path: string; status: number }[]>;
  stop(): Promise<void>;
}

export async function startSimulator(): Promise<Simulator> {
  const child = spawn(join(BINARIES, 'pulltoken-sim'), ['--print-env'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const started = once(createInterface(child.stdout), 'line');
  const failed = once(child, 'error').then(([error]) => Promise.reject(error));
  const [line] = (await Promise.race([started, failed])) as [string];
  const facts = JSON.parse(line) as Omit<Simulator, 'requests' | 'stop'>;
  return {
    ...facts,
    requests: async () => (await fetch(`${facts.api}/__sim/requests`)).json() as ReturnType<Simulator['requests']>,
    stop: async () => {
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
    },
  };
}
