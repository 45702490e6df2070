// Listing, changing, rotating and deleting pull tokens, by those who may and those who may not.
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';

import { keepOneKey } from './keys.ts';
import { type Api, runtimes } from './runtimes.ts';
import { Simulator } from './simulator.ts';

let simulator: Simulator;

keepOneKey();
beforeAll(async () => {
  simulator = await Simulator.start();
});
afterAll(() => simulator?.stop());
afterEach(() => simulator.mend());

const make = (api: Api, name: string) =>
  simulator.client(api).createPullToken({ parent: 'example', ecosystem: 'javascript', ttl: '48h', name });
const rolesOf = async (id: string) => (await simulator.identities()).find((one) => one.id === id)?.roles;
const exists = async (id: string) => (await simulator.identities()).some((one) => one.id === id);

describe.each(runtimes)('%s', (runtime, api) => {
  const owner = () => simulator.client(api);
  const creator = () => simulator.client(api, 'libraries.java.pull_token_creator');
  const viewer = () => simulator.client(api, 'viewer');

  test('says who is asking', async () => {
    const me = await owner().whoami();
    expect(me).toMatchObject({ subject: expect.stringMatching(/^[0-9a-f]{40}/), email: expect.stringContaining('@') });
    expect(me.expiresAt).toBeInstanceOf(Date);
    const [role] = me.roles;
    expect(role).toMatchObject({ group: simulator.facts.organization, role: 'owner' });
    expect(role?.capabilities).toContain('identity.delete');
  });

  test('says which organisations there are', async () => {
    expect(await owner().organizations()).toStrictEqual([simulator.facts.organization]);
  });

  test('lists what there is, with roles and dates', async () => {
    const { id, expiresAt } = await make(api, 'to be listed');
    const found = await owner().listPullTokens({ parent: 'example', ecosystem: 'JavaScript' });
    expect(found.find((one) => one.id === id)).toStrictEqual({
      id,
      name: 'to be listed',
      description: expect.stringMatching(/^created by /),
      ecosystems: ['javascript'],
      roles: [{ group: simulator.facts.organization, role: 'libraries.javascript.pull' }],
      createdAt: expect.any(Date),
      expiresAt,
      lastSeenAt: null,
      expired: false,
    });
    const ids = async (filter: object) => (await owner().listPullTokens(filter)).map((one) => one.id);
    expect(await ids({ ecosystem: 'python' })).not.toContain(id);
    expect(await ids({ expired: true })).not.toContain(id);
    expect(await ids({ expired: 'all' })).toContain(id);
    expect(await ids({ expiringWithinSeconds: 49 * 3600 })).toContain(id);
    expect(await ids({ expiringWithinSeconds: 3600 })).not.toContain(id);
    await expect(ids({ expired: 'never' })).rejects.toMatchObject({ code: 'usage', message: expect.stringMatching(/`expired`/) });
  });

  test('a list that is narrowed says so', async () => {
    const onWarning = vi.fn();
    expect(await creator().listPullTokens({ parent: 'example', onWarning })).toStrictEqual([]);
    expect(onWarning.mock.calls).toMatchObject([[{ code: 'list_narrowed' }]]);
    onWarning.mockClear();
    expect(await viewer().listPullTokens({ onWarning })).not.toStrictEqual([]);
    expect(onWarning).not.toHaveBeenCalled();
  });

  test('changes name and description, and nothing else', async () => {
    const { id, expiresAt } = await make(api, 'old name');
    expect(await owner().updatePullToken({ id, name: 'new name' })).toBeUndefined();
    await owner().updatePullToken({ id, description: 'for the new build' });
    const [changed] = (await owner().listPullTokens()).filter((one) => one.id === id);
    expect(changed).toMatchObject({ name: 'new name', description: 'for the new build', expiresAt });
    await expect(owner().updatePullToken({ id })).rejects.toMatchObject({ code: 'usage' });
    await expect(owner().updatePullToken({ id, name: 'NO' })).rejects.toMatchObject({ code: 'invalid_name' });
    await expect(creator().updatePullToken({ id, name: 'x' })).rejects.toMatchObject({ code: 'capability_missing' });
  });

  test('gives a token other roles', async () => {
    const { id } = await owner().createPullToken({ parent: 'example', ecosystem: 'oci', name: 'for containers' });
    expect(await rolesOf(id)).toStrictEqual(['registry.pull']);
    const change = await owner().setRole({ id, ecosystems: ['java', 'python'] });
    expect(change).toStrictEqual({ added: ['libraries.java.pull', 'libraries.python.pull'], removed: ['registry.pull'] });
    expect((await rolesOf(id))?.sort()).toStrictEqual(['libraries.java.pull', 'libraries.python.pull']);
    expect(await owner().setRole({ id, ecosystems: ['python', 'java'] })).toStrictEqual({ added: [], removed: [] });
    await expect(creator().setRole({ id, ecosystem: 'java' })).rejects.toMatchObject({ code: 'capability_missing' });
    await expect(owner().setRole({ id, ecosystems: [] })).rejects.toMatchObject({ code: 'ecosystem_required' });
  });

  test('rotates: the new one is like the old one, which goes', async () => {
    const old = await make(api, 'to be rotated');
    const token = await owner().rotatePullToken({ id: old.id, ttl: '24h' });
    expect(token).toBeInstanceOf(api.PullToken);
    expect(token).toMatchObject({ name: 'to be rotated', description: old.description, ecosystems: ['javascript'] });
    expect(token.replaced).toStrictEqual({ id: old.id, state: 'deleted', until: null });
    expect([await exists(old.id), await exists(token.id)]).toStrictEqual([false, true]);
    const access = { ecosystem: 'javascript', credentials: token };
    expect(await owner().verifyAccess(access)).toMatchObject({ allowed: true });
    const refused = await owner().verifyAccess({ ...access, credentials: old });
    expect(refused).toMatchObject({ allowed: false, status: 401, code: 'unauthenticated', hint: expect.stringMatching(/make a new one/) });
  });

  test('rotates, and keeps the old one for a while or for good', async () => {
    const old = await make(api, 'to be kept');
    const brief = await owner().rotatePullToken({ id: old.id, keepOld: '1h' });
    expect(brief.replaced).toMatchObject({ id: old.id, state: 'kept' });
    const hours = ((brief.replaced?.until?.getTime() ?? 0) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(0.9);
    expect(hours).toBeLessThanOrEqual(1.01);
    const kept = await owner().rotatePullToken({ id: brief.id, keepOld: true });
    expect(kept.replaced).toStrictEqual({ id: brief.id, state: 'kept', until: brief.expiresAt });
    expect(await exists(brief.id)).toBe(true);
    for (const keepOld of ['0s', '-1h']) {
      await expect(owner().rotatePullToken({ id: old.id, keepOld })).rejects.toMatchObject({ code: 'ttl_out_of_range' });
    }
    const wrong = owner().rotatePullToken({ id: old.id, keepOld: 5 as never });
    await expect(wrong).rejects.toMatchObject({ code: 'usage', message: expect.stringMatching(/`keepOld`/) });
  });

  test('an old one that cannot be deleted does not cost the new one', async () => {
    const old = await make(api, 'to stay');
    const status = { status: 403, code: 7, message: 'not today' };
    await simulator.fault({ method: 'DELETE', path: '/iam/v1/identities', action: { status } });
    const onWarning = vi.fn();
    const token = await owner().rotatePullToken({ id: old.id, onWarning });
    expect(token.replaced).toMatchObject({ id: old.id, state: 'stuck', error: { code: 'permission_denied' } });
    expect(token.replaced?.error).toBeInstanceOf(api.PullTokenError);
    expect(onWarning.mock.calls).toMatchObject([[{ code: 'old_token_left' }]]);
  });

  test('rotation told to stop leaves the old one alone', async () => {
    const old = await make(api, 'not rotated');
    const before = await simulator.identities();
    await simulator.fault({ method: 'POST', path: '/iam/v1/', times: 1, action: { delay: { milliseconds: 1_000 } } });
    await simulator.forget();
    const controller = new AbortController();
    const call = owner().rotatePullToken({ id: old.id, signal: controller.signal });
    const outcome = call.catch((error: unknown) => error);
    const isThere = async () => (await simulator.requests()).some(({ method }) => method === 'POST');
    await expect.poll(isThere, { timeout: 50_000 }).toBe(true);
    controller.abort();
    expect(await outcome).toMatchObject({ code: 'interrupted' });
    expect(await simulator.identities()).toStrictEqual(before);
  });

  test('deletes one', async () => {
    const { id } = await make(api, 'to be deleted');
    await expect(creator().deletePullToken(id)).rejects.toMatchObject({ code: 'capability_missing' });
    expect(await exists(id)).toBe(true);
    expect(await owner().deletePullToken(id)).toBeUndefined();
    expect(await exists(id)).toBe(false);
    await expect(owner().deletePullToken(id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(owner().deletePullToken('x')).rejects.toMatchObject({ code: 'invalid_uidp' });
    await expect(owner().deletePullToken(5 as never)).rejects.toMatchObject({ code: 'usage', message: expect.stringMatching(/`id`/) });
  });

  test('knows an older platform', async () => {
    const old = await Simulator.start('--without-v2', '--write-unset-fields');
    try {
      const { id } = await old.client(api).createPullToken({ ecosystem: 'java', name: `on ${runtime}` });
      expect((await old.client(api).listPullTokens()).find((one) => one.id === id)?.ecosystems).toStrictEqual(['java']);
      await old.client(api).updatePullToken({ id, name: 'changed' });
      expect((await old.client(api).listPullTokens()).map(({ name }) => name)).toContain('changed');
    } finally {
      await old.stop();
    }
  });
});
