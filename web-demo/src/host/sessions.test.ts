import { PullTokenError } from 'pulltoken/web/core';
import { expect, test } from 'vitest';
import { DEFAULTS } from './places';
import { readStored, Sessions, type Renew, type SessionStore, type StoredSession } from './sessions';

const NOW = 1_000_000_000;
const { api, issuer } = DEFAULTS;
const session = (left: number, rest: Partial<StoredSession> = {}): StoredSession => ({ token: 't', api, issuer, expiresAt: NOW + left, ...rest });

class Memory implements SessionStore {
  #queue: Promise<unknown> = Promise.resolve();
  constructor(public held: unknown) {}
  read = async () => this.held;
  write = async (value: StoredSession | undefined) => void (this.held = value);
  alone<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work);
    this.#queue = turn.catch(() => {});
    return turn;
  }
}

const never: Renew = () => Promise.reject(new Error('nothing was to be renewed'));
const sessions = (store: SessionStore, renew: Renew = never, settings = DEFAULTS) => new Sessions(store, async () => settings, renew, () => NOW);

test('a session is given as it is until its last minute', async () => {
  expect(await sessions(new Memory(session(61_000))).current()).toEqual({ token: 't', expiresAt: new Date(NOW + 61_000) });
  expect(await sessions(new Memory({ token: 't', api, issuer })).current()).toEqual({ token: 't' });
  expect(await sessions(new Memory(undefined)).current()).toBeUndefined();
});

test('a session of other places is none, and stays where it is', async () => {
  const store = new Memory(session(900_000));
  expect(await sessions(store, never, { ...DEFAULTS, api: 'https://api.example' }).current()).toBeUndefined();
  expect(await sessions(store, never, { ...DEFAULTS, issuer: 'https://i.example' }).current()).toBeUndefined();
  expect(store.held).toBeDefined();
});

test('it is renewed once, however many ask', async () => {
  const store = new Memory(session(10_000, { refreshToken: 'r1' }));
  const used: string[] = [];
  const renew: Renew = async (old, refreshToken) => {
    used.push(refreshToken);
    return { ...old, token: 't2', refreshToken: 'r2', expiresAt: NOW + 3_600_000 };
  };
  const one = sessions(store, renew);
  const other = sessions(store, renew);
  const given = await Promise.all([one.current(), other.current(), one.current()]);
  expect(given.map((it) => it?.token)).toEqual(['t2', 't2', 't2']);
  expect(used).toEqual(['r1']);
  expect(readStored(store.held)?.refreshToken).toBe('r2');
});

test('one that ended and cannot be renewed is forgotten', async () => {
  const store = new Memory(session(-1));
  expect(await sessions(store).current()).toBeUndefined();
  expect(store.held).toBeUndefined();
  const refused = new Memory(session(-1, { refreshToken: 'used' }));
  const renew: Renew = () => Promise.reject(new PullTokenError({ code: 'unauthenticated', message: 'no', hint: '' }));
  expect(await sessions(refused, renew).current()).toBeUndefined();
  expect(refused.held).toBeUndefined();
});

test('a network that is down ends nothing', async () => {
  const down: Renew = () => Promise.reject(new PullTokenError({ code: 'network', message: 'down', hint: '' }));
  const store = new Memory(session(10_000, { refreshToken: 'r' }));
  expect((await sessions(store, down).current())?.token).toBe('t');
  const ended = new Memory(session(-1, { refreshToken: 'r' }));
  await expect(sessions(ended, down).current()).rejects.toMatchObject({ code: 'network' });
  expect(ended.held).toBeDefined();
});

test('what is no session is none', () => {
  for (const value of [undefined, null, 't', 3, {}, { token: 't' }, { token: 3, api, issuer }]) expect(readStored(value)).toBeUndefined();
  expect(readStored({ ...session(1), refreshToken: 3, extra: true })).toEqual(session(1));
});
