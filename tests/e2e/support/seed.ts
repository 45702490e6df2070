// What is put into the simulator past every client.
import type { Simulator } from '../../parity/simulator.ts';

export interface Seed {
  name: string;
  description?: string;
  /** Where it lies; the simulator's first organisation if absent. */
  organization?: string;
  /** How many; their names then end in a number. */
  count?: number;
  roles?: string[];
  /** In seconds; negative for one that has ended. */
  expiresIn?: number;
  createdAgo?: number;
  lastSeenAgo?: number;
}

/** Adds pull tokens whose passwords nobody has, and gives their identifiers. */
export async function addTokens(simulator: Simulator, seed: Seed): Promise<string[]> {
  const organization = seed.organization ?? simulator.facts.organization.id;
  const { ids } = (await post(simulator, 'pull_tokens', { ...seed, organization })) as { ids: string[] };
  return ids;
}

/** Adds an organisation of the owner and gives its identifier. */
export async function addOrganization(simulator: Simulator, name: string, entitlements: string[] = []): Promise<string> {
  const { id } = (await post(simulator, 'organizations', { name, entitlements })) as { id: string };
  return id;
}

async function post({ facts: { api } }: Simulator, what: string, body: object): Promise<unknown> {
  const answer = await fetch(`${api}/__sim/${what}`, { method: 'POST', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${what}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
