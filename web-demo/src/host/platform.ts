// The ways to a session that need nothing of their surroundings, and what renews one.
import { Client, init, PullTokenError, type Session as Opened } from 'pulltoken/web/core';
import { here, refused } from './failure';
import type { DeviceCode, Places, Settings } from './host';
import type { StoredSession } from './sessions';
import { text } from '../text';

/** Takes a session that somebody has, once the platform says that it is one. */
export async function byToken({ api, issuer }: Places, pasted: string, signal?: AbortSignal): Promise<StoredSession> {
  const token = pasted.trim();
  if (token === '') throw new PullTokenError({ code: 'not_signed_in', message: text('failure_no_token'), hint: text('tokenHint') });
  await init();
  const who = await here(new Client({ api, issuer, token }).whoami({ signal }));
  return { token, api, issuer, ...(who.expiresAt ? { expiresAt: who.expiresAt.getTime() } : {}) };
}

/** Waits until somebody has typed in the code that `onCode` shows. */
export async function byCode(settings: Settings, onCode: (code: DeviceCode) => void, signal?: AbortSignal): Promise<StoredSession> {
  const { api, issuer, device } = settings;
  if (device === undefined) throw refused('failure_no_provider');
  await init();
  const signingIn = new Client({ api, issuer }).signInByDevice({
    ...device,
    audiences: [api],
    signal,
    onCode: ({ verificationUri, verificationUriComplete, userCode, expiresInSeconds }) =>
      onCode({ url: verificationUriComplete ?? verificationUri, userCode, expiresAt: new Date(Date.now() + expiresInSeconds * 1000) }),
  });
  const [session] = await here(signingIn);
  if (session === undefined) throw refused('failure_no_session');
  return stored(session, settings);
}

/** Exchanges a refresh token, which is dead afterwards. */
export async function renew(session: StoredSession, refreshToken: string): Promise<StoredSession> {
  const { api, issuer } = session;
  await init();
  return stored(await new Client({ api, issuer }).refreshSession({ refreshToken, audience: session.audience ?? api }), session);
}

/** A session as it is put away. */
export function stored({ token, refreshToken, audience, expiresAt }: Opened, { api, issuer }: Pick<Places, 'api' | 'issuer'>): StoredSession {
  return {
    token, audience, api, issuer,
    ...(refreshToken === undefined ? {} : { refreshToken }),
    ...(expiresAt === null ? {} : { expiresAt: expiresAt.getTime() }),
  };
}
