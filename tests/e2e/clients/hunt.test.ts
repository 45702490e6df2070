// The hunt finds what there is to be found.
import { expect, test } from 'vitest';
import { npmrc, pullToken } from '../support/credentials';
import { holds } from './support/hunt';

const PAIR = pullToken(30);
const { username, password } = PAIR;
const base64 = (text: string) => Buffer.from(text).toString('base64');

test.each([
  ['as it is', `x${password}x`],
  ['in a file of npm', npmrc(PAIR)],
  ['in base64', base64(password)],
  ['in base64, behind one character', base64(`x${password}`)],
  ['in base64, behind two', base64(`xy${password}x`)],
  ['in base64 for a URL', Buffer.from(`${username}:${password}`).toString('base64url')],
])('%s', (_, text) => {
  expect(holds(text, PAIR)).toBe(true);
  expect(holds(Buffer.concat([Buffer.from([0, 255]), Buffer.from(text)]), PAIR)).toBe(true);
});

test('another token is another one', () => {
  const other = Buffer.from(password).reverse().toString();
  expect(holds(npmrc({ username, password: other }), PAIR)).toBe(false);
});
