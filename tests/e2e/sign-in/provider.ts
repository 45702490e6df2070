// The certified OpenID provider of npm, with its own pages, behind the simulated issuer.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { Provider } from 'oidc-provider';

import { Simulator } from '../../parity/simulator.ts';

export interface Platform {
  simulator: Simulator;
  /** The provider's. */
  url: string;
  stop(): Promise<void>;
}

/** Starts both: each has to know the other's address. `options` are the simulator's. */
export async function start(...options: string[]): Promise<Platform> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  try {
    // Discovered when it is first needed.
    const simulator = await Simulator.start('--oidc', url, '--oidc-audience', 'pulltoken', ...options);
    server.on('request', provider(url, simulator.facts.issuer).callback());
    return {
      simulator,
      url,
      stop: async () => {
        await simulator.stop();
        await close(server);
      },
    };
  } catch (error) {
    await close(server);
    throw error;
  }
}

function provider(url: string, issuer: string): Provider {
  return new Provider(url, {
    clients: [
      {
        client_id: 'pulltoken-sim',
        // Under its own address, and under the platform's name.
        redirect_uris: [`${issuer}/oauth/callback`, 'https://issuer.enforce.dev/oauth/callback'],
        token_endpoint_auth_method: 'none',
        application_type: 'native',
      },
      {
        client_id: 'pulltoken',
        redirect_uris: [],
        response_types: [],
        grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
        token_endpoint_auth_method: 'none',
        application_type: 'native',
      },
    ],
    // An extension that a test could give no permission asks as a page does.
    clientBasedCORS: (_, origin) => origin.startsWith('chrome-extension://'),
    features: { deviceFlow: { enabled: true } },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    // Whatever name somebody signs in with is their subject.
    findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    cookies: { keys: ['for tests alone'] },
  });
}

function close(server: Server): Promise<void> {
  return new Promise((closed) => {
    server.close(() => closed());
    server.closeAllConnections();
  });
}
