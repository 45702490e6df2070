import { expect, test } from 'vitest';
import { organizationOf, readOrganization } from './organization';

test.each([
  ['/org/example/settings/pull-tokens', 'example'],
  ['/org/example.com/settings/pull-tokens/', 'example.com'],
  ['/org/two%20words/settings/pull-tokens', 'two words'],
  [`/org/${'a'.repeat(40)}/settings/pull-tokens`, 'a'.repeat(40)],
])('%s shows %s', (path, organization) => {
  expect(organizationOf(path)).toBe(organization);
});

test.each([
  '/', '/org/example', '/org/example/settings/pull-tokens/new', '/org//settings/pull-tokens', '/org/-/settings/pull-tokens',
  '/x/org/example/settings/pull-tokens', '/org/Example/settings/pull-tokens', '/org/%zz/settings/pull-tokens',
  '/org/%3Cimg%3E/settings/pull-tokens', `/org/${'a'.repeat(257)}/settings/pull-tokens`,
])('%s shows none', (path) => {
  expect(organizationOf(path)).toBeUndefined();
});

test('what is no text names nobody', () => {
  expect(readOrganization({ toString: () => 'example' })).toBeUndefined();
});
