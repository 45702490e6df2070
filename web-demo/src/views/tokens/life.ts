// Where a token stands in its life, at a given moment.
import type { PullTokenInfo } from 'pulltoken/web/core';

export type Life = 'valid' | 'expiring' | 'expired';

/** A token without an end counts as valid: the platform takes it until somebody deletes it. */
export function lifeOf({ expiresAt, expired }: Pick<PullTokenInfo, 'expiresAt' | 'expired'>, now: Date, expiringDays: number): Life {
  if (expiresAt === null) return expired ? 'expired' : 'valid';
  const left = expiresAt.getTime() - now.getTime();
  if (left <= 0) return 'expired';
  return left < expiringDays * 86_400_000 ? 'expiring' : 'valid';
}

/** Whole seconds from one moment to another, rounded down. */
export function secondsBetween(now: Date, then: Date): number {
  return Math.floor((then.getTime() - now.getTime()) / 1000);
}
