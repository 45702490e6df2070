// Making a pull token from Node, against the simulated platform.
import { inspect } from 'node:util';

import { Client, type CreatePullTokenOptions, inspectCredentials, PullToken } from 'pulltoken';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type Simulator, startSimulator } from './simulator.ts';

let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator();
});

afterAll(() => simulator?.stop());

const client = (token: string | (() => Promise<string>)) =>
  new Client({ api: simulator.api, issuer: simulator.issuer, registry: simulator.registry, token });

const owner = () => client(simulator.tokens['owner'] ?? '');

/** How many things the platform was asked to make. */
const made = async () => (await simulator.requests()).filter(({ method }) => method === 'POST').length;

const wanted: CreatePullTokenOptions = { parent: 'example', ecosystem: 'javascript', ttl: '1h' };

describe('createPullToken', () => {
  test('makes a token that the registry takes', async () => {
    const before = Date.now();
    const token = await client(async () => simulator.tokens['owner'] ?? '').createPullToken({
      ...wanted,
      ecosystems: ['java', 'javascript'],
      name: 'ci token',
      description: 'for a test',
    });
    expect(token).toBeInstanceOf(PullToken);
    // An identity, and a role binding for each ecosystem.
    expect(await made()).toBe(3);
    expect(token).toMatchObject({
      id: token.username,
      name: 'ci token',
      description: 'for a test',
      ecosystems: ['javascript', 'java'],
      roles: ['libraries.javascript.pull', 'libraries.java.pull'],
      organization: simulator.organization,
    });
    expect(token.createdAt.getTime()).toBeGreaterThanOrEqual(before - 1000);
    expect(token.expiresAt.getTime() - token.createdAt.getTime()).toBeGreaterThan(3_590_000);
    const report = inspectCredentials(token, { issuer: simulator.issuer, parent: simulator.organization.id });
    expect(report).toMatchObject({ kind: 'pull_token', state: 'expiring', expiresAt: token.expiresAt });

    const basic = Buffer.from(`${token.username}:${token.password}`).toString('base64');
    const ping = await fetch(`${simulator.registry}/javascript/-/ping`, {
      headers: { authorization: `Basic ${basic}` },
    });
    expect(ping.status).toBe(200);
  });

  test('shows the password to nobody who does not ask for it', async () => {
    const token = await owner().createPullToken(wanted);
    const shown = [
      inspect(token, { showHidden: true }),
      JSON.stringify(token),
      JSON.stringify({ ...token }),
      String(token),
    ];
    for (const text of shown) expect(text).not.toContain(token.password.slice(-40));
    expect(inspect(token)).toContain("password: '[redacted]'");
    expect(token.toPlain().password).toBe(token.password);
  });

  test.each([
    ['a viewer', 'viewer', {}, 'capability_missing'],
    ['a creator for something else', 'libraries.java.pull_token_creator', {}, 'capability_missing'],
    ['an expired session', 'expired', {}, 'session_expired'],
    ['what the organisation has no entitlement for', 'owner', { ecosystem: 'go' }, 'entitlement_missing'],
    ['an unknown organisation', 'owner', { parent: 'nobody' }, 'organization_not_found'],
    ['an unknown ecosystem', 'owner', { ecosystem: 'cobol' }, 'unknown_ecosystem'],
    ['a wrong time to live', 'owner', { ttl: '9000h' }, 'ttl_out_of_range'],
    ['a wrong name', 'owner', { name: 'CI' }, 'invalid_name'],
    ['no ecosystem', 'owner', { ecosystem: undefined }, 'ecosystem_required'],
    ['a signal that is none', 'owner', { signal: 5 }, 'usage'],
    ['a list that is none', 'owner', { ecosystems: 'java' }, 'usage'],
  ])('refuses %s and makes nothing', async (_what, who, changes, code) => {
    const before = await made();
    const call = client(simulator.tokens[who] ?? '').createPullToken({
      ...wanted,
      ...changes,
    } as CreatePullTokenOptions);
    await expect(call).rejects.toMatchObject({ name: 'PullTokenError', code, hint: expect.stringMatching(/./) });
    expect(await made()).toBe(before);
  });

  test('says where there is no session, and why there is none', async () => {
    await expect(client('').createPullToken(wanted)).rejects.toMatchObject({ code: 'not_signed_in' });
    const reason = new Error('the vault is shut');
    const call = client(() => Promise.reject(reason)).createPullToken(wanted);
    await expect(call).rejects.toMatchObject({ code: 'not_signed_in', cause: reason });
  });

  test('stops when it is told to', async () => {
    await expect(owner().createPullToken({ ...wanted, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'interrupted',
    });
    const controller = new AbortController();
    const call = owner().createPullToken({ ...wanted, signal: controller.signal });
    controller.abort();
    await expect(call).rejects.toMatchObject({ code: 'interrupted' });
  });

  test('a dead server is a failure of the network', async () => {
    const nowhere = new Client({ api: 'http://127.0.0.1:1', token: simulator.tokens['owner'] });
    await expect(nowhere.createPullToken(wanted)).rejects.toMatchObject({ code: 'network' });
  });
});
