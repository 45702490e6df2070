// The command of somebody with a home of their own, whose browser is the test's.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { BINARIES, type Simulator } from '../../parity/simulator.ts';

export interface Ended {
  code: number | null;
  out: string;
  err: string;
}

export interface Running {
  /** Waits until it has said something like this on standard error; the first group. */
  says(pattern: RegExp): Promise<string>;
  ended: Promise<Ended>;
}

export class Person {
  private constructor(
    private readonly home: string,
    private readonly env: Record<string, string>,
    private readonly server: Server,
    private readonly opened: string[],
  ) {}

  /** `BROWSER` is a program that hands the test the address it is given. */
  static async at(simulator: Simulator): Promise<Person> {
    const home = await mkdtemp(join(tmpdir(), 'pulltoken-sign-in-'));
    const opened: string[] = [];
    const server = createServer((request, response) => {
      opened.push(decodeURIComponent((request.url ?? '/').slice(1)));
      server.emit('opened');
      response.end();
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const browser = join(home, 'browser.mjs');
    const there = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const tell = `await fetch(${JSON.stringify(there)} + encodeURIComponent(process.argv.slice(2).join(' ')));`;
    await writeFile(browser, `#!${process.execPath}\n${tell}\n`);
    await chmod(browser, 0o755);
    const { api, issuer, registry } = simulator.facts;
    const env = {
      HOME: home,
      PATH: process.env['PATH'] ?? '',
      BROWSER: browser,
      PULLTOKEN_CACHE_DIR: join(home, 'cache'),
      PULLTOKEN_API: api,
      PULLTOKEN_ISSUER: issuer,
      PULLTOKEN_REGISTRY: registry,
    };
    return new Person(home, env, server, opened);
  }

  /** Starts `pulltoken` with these arguments. */
  run(...args: string[]): Running {
    const child = spawn(join(BINARIES, 'pulltoken'), args, { stdio: ['ignore', 'pipe', 'pipe'], env: this.env });
    let [out, err] = ['', ''];
    child.stdout.on('data', (data) => (out += String(data)));
    child.stderr.on('data', (data) => {
      err += String(data);
      child.emit('said');
    });
    const ended = once(child, 'close').then(([code]): Ended => ({ code: code as number | null, out, err }));
    const says = async (pattern: RegExp): Promise<string> => {
      for (;;) {
        const [, found] = pattern.exec(err) ?? [];
        if (found !== undefined) return found;
        const over = ended.then(({ code }) => Promise.reject(new Error(`it ended with ${code} and said: ${err}`)));
        await Promise.race([once(child, 'said'), over]);
      }
    };
    return { says, ended };
  }

  /** The address that the browser is sent to next. */
  async sent(): Promise<string> {
    while (this.opened.length === 0) await once(this.server, 'opened');
    return this.opened.shift() ?? '';
  }

  async leave(): Promise<void> {
    await new Promise<void>((closed) => {
      this.server.close(() => closed());
      this.server.closeAllConnections();
    });
    await rm(this.home, { recursive: true, force: true });
  }
}
