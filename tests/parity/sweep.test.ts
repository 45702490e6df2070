// Deleting every expired pull token: progress, single failures, the end of the session, the wish to stop.
import type { DeleteExpiredPullTokensOptions, PullTokenError, SweepProgress } from 'pulltoken';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';

import { runtimes } from './runtimes.ts';
import { Simulator } from './simulator.ts';

let simulator: Simulator;

beforeAll(async () => {
  simulator = await Simulator.start();
});
afterAll(() => simulator?.stop());
afterEach(() => simulator.mend());

const COUNT = 24;
const alive = async (prefix: string) =>
  (await simulator.identities()).filter(({ name }) => name.startsWith(prefix)).map(({ id }) => id);

describe.each(runtimes)('%s', (runtime, api) => {
  const owner = () => simulator.client(api);

  /** Pull tokens that have expired, under names of their own. */
  async function expired(prefix: string, count = COUNT): Promise<string[]> {
    const names = Array.from({ length: count }, (_, index) => `${prefix} ${index}`);
    const ids = await simulator.seed(names, 1_200);
    const there = async () =>
      (await owner().listPullTokens({ expired: true })).filter(({ name }) => name.startsWith(prefix)).length;
    await expect.poll(there, { timeout: 20_000 }).toBe(count);
    return ids;
  }
  const sweep = (prefix: string, options: Partial<DeleteExpiredPullTokensOptions> = {}) =>
    owner().deleteExpiredPullTokens({ parent: 'example', name: `${prefix} *`, ...options });

  test('deletes them and says how far it is', async () => {
    const prefix = `all ${runtime}`;
    const ids = await expired(prefix);
    const [valid] = await simulator.seed([`${prefix} valid`], 3_600_000);
    const seen: SweepProgress[] = [];
    const report = await sweep(prefix, { onProgress: (progress) => seen.push(progress) });
    expect(report.deleted.toSorted()).toStrictEqual(ids.toSorted());
    expect(report).toMatchObject({ failed: [], left: [] });
    expect(report.found).toHaveLength(COUNT);
    expect(report.found[0]?.expiresAt).toBeInstanceOf(Date);
    expect(await alive(prefix)).toStrictEqual([valid]);
    // In order and to the end; the last word may stand for some before it.
    expect(seen.map(({ done }) => done)).toStrictEqual(seen.map(({ done }) => done).toSorted((a, b) => a - b));
    expect(seen.at(-1)).toStrictEqual({ done: COUNT, total: COUNT });
  });

  test('only says which, if it is asked to', async () => {
    const prefix = `dry ${runtime}`;
    const ids = await expired(prefix, 3);
    const onProgress = vi.fn();
    const report = await sweep(prefix, { dryRun: true, onProgress });
    expect(report.left.toSorted()).toStrictEqual(ids.toSorted());
    expect(report).toMatchObject({ deleted: [], failed: [] });
    expect(await alive(prefix)).toHaveLength(3);
    expect(onProgress).not.toHaveBeenCalled();
    const unused = await sweep(prefix, { dryRun: true, unusedSince: new Date(0) });
    expect(unused.found).toHaveLength(3);
  });

  test('goes on past single failures and names them', async () => {
    const prefix = `odd ${runtime}`;
    const ids = await expired(prefix);
    const [unlucky] = ids;
    const status = { status: 400, code: 9, message: 'held' };
    await simulator.fault({ method: 'DELETE', path: `/iam/v1/identities/${unlucky}`, action: { status } });
    const report = await sweep(prefix);
    expect(report.failed).toMatchObject([{ id: unlucky, error: { code: 'failed_precondition', status: 400 } }]);
    expect(report.failed[0]?.error).toBeInstanceOf(api.PullTokenError);
    expect(report.deleted).toHaveLength(COUNT - 1);
  });

  test('stops where the session ends, and says what is left', async () => {
    const prefix = `out ${runtime}`;
    await expired(prefix);
    const status = { status: 401, code: 16, message: 'revoked' };
    await simulator.fault({ method: 'DELETE', path: '/iam/v1/identities', skip: 5, action: { status } });
    const error = (await sweep(prefix).catch((thrown: unknown) => thrown)) as PullTokenError;
    expect(error).toMatchObject({ name: 'PullTokenError', code: 'unauthenticated', status: 401 });
    const { deleted = [], left = [] } = error.sweep ?? {};
    expect(deleted.length + left.length).toBe(COUNT);
    // A refusal may overtake the answers to some that went well: those are left, as far as anybody knows.
    const remaining = await alive(prefix);
    expect(remaining).toHaveLength(COUNT - 5);
    expect(left).toEqual(expect.arrayContaining(remaining));
  });

  test('stops when it is told to', async () => {
    const prefix = `stop ${runtime}`;
    await expired(prefix);
    await simulator.fault({ method: 'DELETE', path: '/iam/v1/identities', action: { delay: { milliseconds: 200 } } });
    const controller = new AbortController();
    const cause = new Error('enough');
    const onProgress = vi.fn(() => controller.abort(cause));
    const call = sweep(prefix, { signal: controller.signal, onProgress });
    const error = (await call.catch((thrown: unknown) => thrown)) as PullTokenError;
    expect(error).toMatchObject({ code: 'interrupted', cause });
    expect(onProgress).toHaveBeenCalled();
    const { deleted = [], left = [] } = error.sweep ?? {};
    expect(deleted.length).toBeGreaterThan(0);
    expect(left.length).toBeGreaterThan(0);
    expect(deleted.length + left.length).toBe(COUNT);
    // What was under way was waited for: nothing of what is left is gone.
    expect((await alive(prefix)).toSorted()).toStrictEqual(left.toSorted());
  });

  test('what onProgress throws stops it and is thrown', async () => {
    const prefix = `throw ${runtime}`;
    await expired(prefix);
    await simulator.fault({ method: 'DELETE', path: '/iam/v1/identities', action: { delay: { milliseconds: 100 } } });
    const mine = new Error('mine');
    const onProgress = vi.fn(() => {
      throw mine;
    });
    await expect(sweep(prefix, { onProgress })).rejects.toBe(mine);
    expect(onProgress).toHaveBeenCalledOnce();
    expect((await alive(prefix)).length).toBeGreaterThan(0);
  });

  test.each([
    ['no organisation', { parent: undefined }, 'usage'],
    ['an unknown organisation', { parent: 'nobody' }, 'organization_not_found'],
    ['a text for a date', { unusedSince: '2026-01-01' }, 'usage'],
    ['an invalid date', { unusedSince: new Date(Number.NaN) }, 'invalid_time'],
  ])('refuses %s', async (_what, changes, code) => {
    const call = owner().deleteExpiredPullTokens({ parent: 'example', ...changes } as DeleteExpiredPullTokensOptions);
    await expect(call).rejects.toMatchObject({ name: 'PullTokenError', code });
  });

  test('a creator may not', async () => {
    const creator = simulator.client(api, 'libraries.java.pull_token_creator');
    const call = creator.deleteExpiredPullTokens({ parent: 'example' });
    await expect(call).rejects.toMatchObject({ code: 'capability_missing' });
  });
});
