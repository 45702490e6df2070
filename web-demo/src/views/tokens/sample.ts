// Tokens for the unit tests.
import type { PullTokenInfo } from 'pulltoken/web/core';

export const ORGANIZATION = '0123456789abcdef0123456789abcdef01234567';
export const NOW = new Date('2026-11-24T12:00:00Z');
const DAY = 86_400_000;

/** A token that ends so many days from `NOW`; `null`: never. */
export function token(name: string, days: number | null, roles: readonly string[] = [], more: Partial<PullTokenInfo> = {}): PullTokenInfo {
  return {
    id: `${ORGANIZATION}/${name}`,
    name,
    description: '',
    ecosystems: [],
    roles: roles.map((role) => ({ group: { id: ORGANIZATION, name: 'example' }, role })),
    createdAt: null,
    expiresAt: days === null ? null : new Date(NOW.getTime() + days * DAY),
    lastSeenAt: null,
    expired: days !== null && days <= 0,
    ...more,
  };
}
