// What is read and changed: made up here, so that nothing real is in it.

const identity = `${'0123456789abcdef'.repeat(3).slice(0, 40)}/${'fedcba9876543210'}`;
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The moment of every report. */
export const now = new Date('2026-06-01T00:00:00Z');

/** A pull token of 2048 bits, good for thirty days more. */
export const credentials = {
  username: identity,
  password: [
    part({ alg: 'RS256', kid: 'sample', typ: 'JWT' }),
    part({
      iss: 'https://pulltoken.issuer.chainguard.dev',
      sub: 'pull-token-sample',
      aud: ['https://issuer.enforce.dev'],
      iat: now.getTime() / 1000 - 86_400,
      exp: now.getTime() / 1000 + 30 * 86_400,
    }),
    Buffer.alloc(256, 'signature').toString('base64url'),
  ].join('.'),
};

/** A megabyte of a `.netrc`, entries of one line and of several. */
export const netrc = (() => {
  let text = '';
  for (let n = 0; text.length < 1_000_000; n += 1) {
    const [machine, login, password] = [`host${n}.registry.test`, `user${n}`, `password-of-${n}-${'x'.repeat(40)}`];
    text +=
      n % 2 === 0
        ? `machine ${machine} login ${login} password ${password}\n`
        : `machine ${machine}\n  login ${login}\n  password ${password}\n`;
  }
  return text;
})();

/** A thousand lines of an `.npmrc`. */
export const npmrc = Array.from({ length: 1000 }, (_, n) =>
  n % 10 === 0 ? `# group ${n / 10}\n` : `@scope${n}:registry=https://registry${n}.test/npm/\n`,
).join('');
