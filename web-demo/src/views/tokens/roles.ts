// What a change of role gives a token and takes from it.
import type { EcosystemInfo, HeldRole } from 'pulltoken/web/core';

export interface RolePlan {
  gets: string[];
  loses: string[];
  keeps: string[];
}

/** What becomes of the roles when a token is to open these ecosystems. Roles that pull nothing stay as they are. */
export function planRoles(held: readonly HeldRole[], wanted: readonly string[], table: readonly EcosystemInfo[]): RolePlan {
  const pulls = new Set(table.map(({ role }) => role));
  const target = table.filter(({ ecosystem }) => wanted.includes(ecosystem)).map(({ role }) => role);
  const names = [...new Set(held.map(({ role }) => role))];
  return {
    gets: target.filter((role) => !names.includes(role)),
    loses: names.filter((role) => pulls.has(role) && !target.includes(role)),
    keeps: names.filter((role) => !pulls.has(role) || target.includes(role)),
  };
}
