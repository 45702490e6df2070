// `pulltoken-sim` as a child that ends when its standard input closes.
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import type { Client, ClientOptions } from 'pulltoken';

import type { Api } from './runtimes.ts';

/** Where `cargo xtask test` has built the programs; a build by hand otherwise. */
export const BINARIES = process.env['PULLTOKEN_TEST_BINARIES'] ?? join(import.meta.dirname, '..', '..', 'target', 'debug');

/** What the simulator prints when it starts. */
interface Facts {
  api: string;
  issuer: string;
  registry: string;
  storage: string;
  organization: { id: string; name: string };
  tokens: Record<string, string>;
  caFile?: string;
  connectTo?: string;
}

export interface LoggedRequest {
  part: string;
  method: string;
  path: string;
  status: number | null;
  /** Whether the credential that it carried was accepted. */
  authenticated: boolean;
  /** The scheme of its `Authorization` header. */
  authorization: string | null;
}

export interface Identity {
  id: string;
  name: string;
  roles: string[];
}

/** A rule by which the simulator answers some requests in another way. */
export interface Fault {
  method: string;
  path: string;
  part?: string;
  skip?: number;
  times?: number;
  action: string | Record<string, object>;
}

export class Simulator {
  readonly facts: Facts;
  readonly stop: () => Promise<void>;

  private constructor(facts: Facts, stop: () => Promise<void>) {
    this.facts = facts;
    this.stop = stop;
  }

  static async start(...args: string[]): Promise<Simulator> {
    const child = spawn(join(BINARIES, 'pulltoken-sim'), ['--print-env', ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const started = once(createInterface(child.stdout), 'line');
    const failed = Promise.race([
      once(child, 'error').then(([error]) => Promise.reject(error)),
      once(child, 'exit').then(([code]) => Promise.reject(new Error(`pulltoken-sim ended with ${code}`))),
    ]);
    const [line] = (await Promise.race([started, failed])) as [string];
    failed.catch(() => {});
    return new Simulator(JSON.parse(line) as Facts, async () => {
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
    });
  }

  /** A client of one of its people. */
  client(api: Api, who = 'owner', options: ClientOptions = {}): Client {
    const { api: url, issuer, registry, tokens } = this.facts;
    return new api.Client({ api: url, issuer, registry, token: tokens[who] ?? '', ...options });
  }

  /** Every request since the last `forget`. */
  async requests(): Promise<LoggedRequest[]> {
    return (await this.#control('requests')) as LoggedRequest[];
  }

  async forget(): Promise<void> {
    await this.#control('requests', 'DELETE');
  }

  /** The identities that exist. */
  async identities(): Promise<Identity[]> {
    return (await this.#control('identities')) as Identity[];
  }

  /** A token as a CI system of this issuer signs them. */
  async ciToken(issuer: string, claims: object): Promise<string> {
    return ((await this.#control('ci_token', 'POST', { issuer, claims })) as { token: string }).token;
  }

  async fault(fault: Fault): Promise<void> {
    await this.#control('faults', 'POST', fault);
  }

  /** Ends all faults. */
  async mend(): Promise<void> {
    await this.#control('faults', 'DELETE');
  }

  /** Makes pull tokens whose passwords nobody has and that end in so many milliseconds, past every client. */
  async seed(names: string[], milliseconds: number): Promise<string[]> {
    const { api, organization, tokens } = this.facts;
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const issuerKeys = JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), alg: 'RS256', kid: 'k' }] });
    const expiration = new Date(Date.now() + milliseconds).toISOString();
    const made = names.map(async (name, index) => {
      const subject = `pull-token-${(Date.now() * 1000 + index).toString(16).padStart(40, '0')}`;
      const answer = await fetch(`${api}/iam/v1/identities/${organization.id}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${tokens['owner']}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          name,
          static: { issuer: 'https://pulltoken.issuer.chainguard.dev', subject, issuerKeys, expiration },
        }),
      });
      if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
      return ((await answer.json()) as { id: string }).id;
    });
    return Promise.all(made);
  }

  async #control(path: string, method = 'GET', body?: object): Promise<unknown> {
    const url = `${this.facts.api}/__sim/${path}`;
    const answer = await fetch(url, body === undefined ? { method } : { method, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }
}
