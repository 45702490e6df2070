import './core.setup';
import { render, type Format } from 'pulltoken/web/core';
import { expect, test } from 'vitest';
import { check, type Outcome } from './check';

const NOW = new Date('2026-11-24T12:00:00Z');
const USERNAME = `${'0123456789'.repeat(4)}/0123456789abcdef`;
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A password that ends so many seconds after `NOW`; its signature is noise. */
function password(seconds: number): string {
  const now = NOW.getTime() / 1000;
  const claims = { iss: 'https://pulltoken.issuer.chainguard.dev', sub: 'pull-token-1', aud: 'https://issuer.enforce.dev', iat: now - 60, exp: now + seconds };
  return `${part({ alg: 'RS256' })}.${part(claims)}.${Buffer.alloc(512, 7).toString('base64url')}`;
}

const pair = { username: USERNAME, password: password(40 * 86_400) };
const file = (text: string, format: 'detect' | 'netrc' = 'detect') => check({ kind: 'file', text, format }, NOW);
const states = (outcome: Outcome) =>
  outcome.kind === 'findings' ? outcome.findings.map((one) => (one.kind === 'credential' ? one.report.state : one.kind)) : outcome.kind;

test.each(['netrc', 'npmrc', 'maven', 'env', 'dotenv', 'pip', 'gradle', 'sbt', 'json'] as const)('a file of the format %s is read', (format) => {
  const outcome = file(render(pair, format));
  expect(states(outcome)).toEqual(expect.arrayContaining(['valid']));
  expect(JSON.stringify(outcome)).not.toContain(pair.password);
});

test.each(['bunfig', 'yarnrc', 'poetry'] as const)('%s is known by its looks and not read', (format: Format) => {
  expect(file(render(pair, format))).toEqual({ kind: 'unread', format });
});

test('a pair is judged at the moment it is given', () => {
  const at = (seconds: number) => states(check({ kind: 'pair', username: USERNAME, password: password(seconds) }, NOW));
  expect([at(40 * 86_400), at(86_400), at(-1)]).toEqual([['valid'], ['expiring'], ['expired']]);
});

test('half of a pair, and nothing at all', () => {
  expect(check({ kind: 'pair', username: 'a', password: '' }, NOW)).toEqual({ kind: 'half_a_pair' });
  expect(check({ kind: 'pair', username: '', password: '' }, NOW)).toEqual({ kind: 'empty' });
  expect(file(' \n')).toEqual({ kind: 'empty' });
});

test('what is for other services is named and left alone', () => {
  const text = `machine git.example login me password hidden\nmachine libraries.cgr.dev login ${USERNAME} password ${pair.password}\n`;
  expect(file(text)).toMatchObject({ kind: 'findings', format: 'netrc', findings: [{ line: 2 }], others: ['git.example'] });
  expect(JSON.stringify(file(text))).not.toContain('hidden');
});

test('placeholders are no credentials', () => {
  expect(states(file(render(pair, 'npmrc-env')))).toEqual(expect.arrayContaining(['variables']));
});

test('a text that looks like nothing is asked about, and read as what is chosen', () => {
  expect(file('some words')).toEqual({ kind: 'unknown_format' });
  expect(file('', 'netrc')).toEqual({ kind: 'empty' });
  expect(file('some words', 'netrc').kind).toMatch(/findings|refused/);
});
