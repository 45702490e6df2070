// Credentials that open nothing: the signature is no signature.

export const NOW = new Date('2026-12-24T10:00:00Z');
export const ORGANIZATION = '0123456789abcdef0123456789abcdef01234567';
export const IDENTITY = `${ORGANIZATION}/00112233aabbccdd`;

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A password that expires so many seconds after `NOW`. */
export function token(secondsLeft: number): string {
  const now = NOW.getTime() / 1000;
  const header = { alg: 'RS256', typ: 'JWT' };
  const payload = {
    iss: 'https://pulltoken.issuer.chainguard.dev',
    sub: 'pull-token-00',
    aud: 'https://issuer.enforce.dev',
    iat: now - 60,
    exp: now + secondsLeft,
  };
  return `${encode(header)}.${encode(payload)}.${Buffer.from('no signature at all').toString('base64url')}`;
}

export const credentials = { username: IDENTITY, password: token(100 * 86_400) };
