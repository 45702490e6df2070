// What stands between somebody and the libraries of an organisation, and who can take it away.
import type { EcosystemInfo, Entitlement, WhoAmI } from 'pulltoken/web/core';

export interface Access {
  /** Ecosystems that the organisation is entitled to, in the table's order. */
  entitled: string[];
  /** Ecosystems of libraries that it is not entitled to. */
  missing: string[];
  /** Of those entitled to, the ones that this session may not make tokens for, and the role that would let it. */
  withoutRole: { ecosystem: string; role: string }[];
  /** Whether this session may add entitlements itself. */
  mayEntitle: boolean;
}

/** What may be done, from the entitlements and from what the session may do in the organisation. */
export function accessOf(
  table: readonly EcosystemInfo[],
  entitlements: readonly Entitlement[],
  me: Pick<WhoAmI, 'roles'>,
  organization: string,
): Access {
  const may = capabilitiesIn(me, organization);
  const named = new Set(entitlements.map(({ ecosystem }) => ecosystem));
  const libraries = table.filter(({ entitlement }) => entitlement !== undefined);
  const held = libraries.filter(({ entitlement }) => entitlement !== undefined && named.has(entitlement));
  return {
    entitled: held.map(({ ecosystem }) => ecosystem),
    // The remediated tiers are sold with their ecosystem, and are not missed by somebody without them.
    missing: libraries.filter((row) => !held.includes(row) && !row.ecosystem.endsWith('_athena')).map(({ ecosystem }) => ecosystem),
    withoutRole: held
      .filter(({ role }) => !(may.has('identity.create') && may.has('role_bindings.create') && may.has(pulling(role))))
      .map(({ ecosystem, creatorRole }) => ({ ecosystem, role: creatorRole })),
    mayEntitle: may.has('libraries.entitlements.create'),
  };
}

/** A role held at a group counts for everything below it. */
export function capabilitiesIn({ roles }: Pick<WhoAmI, 'roles'>, organization: string): ReadonlySet<string> {
  const above = roles.filter(({ group }) => organization === group.id || organization.startsWith(`${group.id}/`));
  return new Set(above.flatMap(({ capabilities }) => capabilities));
}

/** `libraries.java.pull` allows `libraries.java.list`, and who gives it has to hold that. */
function pulling(role: string): string {
  return role.replace(/\.pull$/, '.list');
}
