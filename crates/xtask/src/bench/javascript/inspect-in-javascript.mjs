// What `inspectCredentials` finds out of a pair in order, written over jose as one would in JavaScript.
import { base64url, decodeJwt, decodeProtectedHeader } from 'jose';

const IDENTITY = /^[0-9a-f]{40}(\/[0-9a-f]{16})+$/;
const ORDINARY = /^[A-Za-z0-9._/-]+$/;
const PULL_TOKEN_ISSUER = 'https://pulltoken.issuer.chainguard.dev';
const EXPIRING_WITHIN_SECONDS = 14 * 24 * 3600;

export function inspectInJavaScript({ username, password }, { now }) {
  const problems = [];
  const found = (code, message, hint) => problems.push({ code, message, hint });
  if (!ORDINARY.test(username)) found('white_space', 'the username has something in it that does not belong there', '');
  if (!ORDINARY.test(password)) found('white_space', 'the password has something in it that does not belong there', '');
  if (!IDENTITY.test(username)) found('username_malformed', 'the username is no identity', '');
  const claims = decodeJwt(password);
  const { alg } = decodeProtectedHeader(password);
  base64url.decode(password.slice(password.lastIndexOf('.') + 1));
  const kind = claims.iss === PULL_TOKEN_ISSUER ? 'pull_token' : 'unknown';
  if (alg !== 'RS256') found('wrong_algorithm', 'the token is signed otherwise', '');
  const seconds = Math.floor(now.getTime() / 1000);
  let state = 'valid';
  if (claims.exp === undefined) found('expiry_missing', 'the token does not say when it expires', '');
  else if (claims.exp <= seconds) state = 'expired';
  else if (claims.exp <= seconds + EXPIRING_WITHIN_SECONDS) state = 'expiring';
  if (Math.max(claims.nbf ?? 0, claims.iat ?? 0) > seconds) state = 'not_yet_valid';
  if (kind === 'unknown') state = 'unusable';
  if (problems.length > 0) state = 'malformed';
  return {
    kind,
    state,
    expiresAt: claims.exp === undefined ? undefined : new Date(claims.exp * 1000),
    secondsLeft: claims.exp === undefined ? undefined : claims.exp - seconds,
    issuer: claims.iss,
    subject: claims.sub,
    audience: Array.isArray(claims.aud) ? claims.aud : claims.aud === undefined ? undefined : [claims.aud],
    problems,
  };
}
