import '../../core.setup';
import { ecosystems, type Entitlement, type WhoAmI } from 'pulltoken/web/core';
import { expect, test } from 'vitest';
import { accessOf, capabilitiesIn } from './missing';

const ORGANIZATION = '0123456789abcdef0123456789abcdef01234567';
const entitlement = (ecosystem: string | number): Entitlement => ({
  id: `${ORGANIZATION}/0000000000000001`, ecosystem, policy: 'POLICY_CHAINGUARD', source: 'SOURCE_TRIAL', cooldownDays: 7,
});
const me = (capabilities: string[], id = ORGANIZATION): Pick<WhoAmI, 'roles'> => ({
  roles: [{ group: { id, name: 'example' }, role: 'some', capabilities }],
});
const CREATOR = ['identity.create', 'role_bindings.create', 'roles.list', 'groups.list', 'libraries.java.list'];
const access = (list: Entitlement[], who: Pick<WhoAmI, 'roles'>) => accessOf(ecosystems(), list, who, ORGANIZATION);

test('a creator lacks what the role does not hold, and is told which does', () => {
  expect(access([entitlement('JAVA'), entitlement('PYTHON')], me(CREATOR))).toMatchObject({
    entitled: ['java', 'python'],
    withoutRole: [{ ecosystem: 'python', role: 'libraries.python.pull_token_creator' }],
    mayEntitle: false,
  });
});

test('what the organisation lacks is named, but for the remediated tiers', () => {
  const { missing, mayEntitle } = access([entitlement('JAVA')], me([...CREATOR, 'libraries.entitlements.create']));
  expect(missing).toContain('go');
  expect(missing).not.toContain('java');
  expect(missing.filter((one) => one.endsWith('_athena'))).toEqual([]);
  expect(mayEntitle).toBe(true);
});

test('a newer entitlement is nobody\'s ecosystem', () => {
  expect(access([entitlement('COBOL'), entitlement(77)], me(CREATOR)).entitled).toEqual([]);
});

test('a role counts where it is held and below, and nowhere else', () => {
  const folder = `${ORGANIZATION}/0123456789abcdef`;
  expect(capabilitiesIn(me(['a']), folder).has('a')).toBe(true);
  expect(capabilitiesIn(me(['a'], folder), ORGANIZATION).has('a')).toBe(false);
  expect(capabilitiesIn(me(['a'], ORGANIZATION.slice(0, 39)), ORGANIZATION).has('a')).toBe(false);
});
