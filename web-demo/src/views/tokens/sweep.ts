// How a sweep is followed.
import { PullTokenError, type SweepProgress, type SweepReport } from 'pulltoken/web/core';

/** The tenth that a sweep is in, 0 to 10: it is read out at every new one, and not for each of ten thousand. */
export function tenth({ done, total }: SweepProgress): number {
  return total === 0 ? 10 : Math.floor((10 * done) / total);
}

export interface Outcome {
  deleted: number;
  left: number;
  failed: SweepReport['failed'];
  /** What ended it before its time. */
  error?: unknown;
}

/** What came of a sweep, also of one that was stopped or lost its session on the way. */
export function outcomeOf(ended: { report: SweepReport } | { error: unknown }): Outcome {
  if ('report' in ended) return told(ended.report);
  const { error } = ended;
  const report = error instanceof PullTokenError ? error.sweep : undefined;
  return report === undefined ? { deleted: 0, left: 0, failed: [], error } : { ...told(report), error };
}

function told({ deleted, left, failed }: SweepReport): Outcome {
  return { deleted: deleted.length, left: left.length, failed };
}
