// What calls answer on the wire, and what is made of it.
import { type Failure, PullTokenError } from '../error.js';
import type { CallWarning, PullTokenFields, PullTokenInfo, ReplacedPullToken, SweepReport } from '../generated/types.js';
import { PullToken } from '../pull-token.js';
import { revive, type Wire } from '../values.js';
import type { WarnedCallOptions } from './call-options.js';

/** A token just made, on the wire. */
export interface Made {
  token: Wire<PullTokenFields>;
  warnings: CallWarning[];
  replaced?: Omit<Wire<ReplacedPullToken>, 'error'> & { error?: Failure };
}

/** A sweep's report on the wire. */
export interface FoundSweep extends Omit<SweepReport, 'found' | 'failed'> {
  found: Wire<PullTokenInfo>[];
  failed: { id: string; error: Failure }[];
  stopped: Failure | null;
}

/** Hands on what could not be made sure of. */
export function warn(options: WarnedCallOptions, warnings: CallWarning[]): void {
  const { onWarning } = options;
  if (typeof onWarning === 'function') for (const warning of warnings) onWarning(warning);
}

/** The token just made; what its warnings' listener throws is not heard. */
export function token({ token: fields, warnings, replaced }: Made, options: WarnedCallOptions): PullToken {
  try {
    warn(options, warnings);
  } catch {
    // The token exists, and its password nowhere else.
  }
  const plain = revive<PullTokenFields>(fields, 'createdAt', 'expiresAt');
  if (replaced === undefined) return new PullToken(plain);
  const { error, ...old } = replaced;
  const fate = revive<Omit<ReplacedPullToken, 'error'>>(old, 'until');
  return new PullToken({ ...plain, replaced: error === undefined ? fate : { ...fate, error: new PullTokenError(error) } });
}

/** A listed token. */
export function info(fields: Wire<PullTokenInfo>): PullTokenInfo {
  return revive<PullTokenInfo>(fields, 'createdAt', 'expiresAt', 'lastSeenAt');
}

/** What came of a sweep, and what stopped it before its end. */
export function swept({ stopped: why, found, failed, ...rest }: FoundSweep): { report: SweepReport; stopped?: Failure } {
  const errors = failed.map(({ id, error }) => ({ id, error: new PullTokenError(error) }));
  const report = { ...rest, found: found.map(info), failed: errors };
  return why === null ? { report } : { report, stopped: why };
}
