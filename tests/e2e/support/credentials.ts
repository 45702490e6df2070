// Invented credentials in the shape of real ones. The signatures are noise: nothing here opens anything.

export interface Pair {
  username: string;
  password: string;
}

const IDENTITY = '0123456789abcdef0123456789abcdef01234567/fedcba9876543210';
const DAY = 86_400;

/** A pull token that ends so many days from now; negative: that has ended. */
export function pullToken(days: number): Pair {
  const now = Math.floor(Date.now() / 1000);
  const end = now + Math.round(days * DAY);
  const claims = {
    iss: 'https://pulltoken.issuer.chainguard.dev',
    sub: `pull-token-${'7'.repeat(40)}`,
    aud: ['https://issuer.enforce.dev'],
    iat: Math.min(now, end) - 60,
    exp: end,
  };
  return { username: IDENTITY, password: jwt({ alg: 'RS256', typ: 'JWT' }, claims) };
}

/** The lines of a `.netrc`, with an entry for another service before it. */
export function netrc({ username, password }: Pair): string {
  return `machine git.example\n  login someone\n  password something\n\nmachine libraries.cgr.dev\n  login ${username}\n  password ${password}\n`;
}

/** The lines of an `.npmrc`. */
export function npmrc({ username, password }: Pair): string {
  const auth = Buffer.from(`${username}:${password}`).toString('base64');
  return `; the company's registry\nregistry=https://libraries.cgr.dev/javascript/\n//libraries.cgr.dev/javascript/:_auth=${auth}\n`;
}

function jwt(header: object, claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signature = Buffer.from(Array.from({ length: 512 }, (_, index) => (index * 37) % 256)).toString('base64url');
  return `${part(header)}.${part(claims)}.${signature}`;
}
