import '../../core.setup';
import { ecosystems } from 'pulltoken/web/core';
import { expect, test } from 'vitest';
import { planRoles } from './roles';
import { token } from './sample';

const plan = (held: string[], wanted: string[]) => planRoles(token('a', 1, held).roles, wanted, ecosystems());

test('a token made for containers gets the libraries and loses the registry', () => {
  expect(plan(['registry.pull'], ['javascript'])).toEqual({ gets: ['libraries.javascript.pull'], loses: ['registry.pull'], keeps: [] });
});

test('what it has and is wanted stays', () => {
  const held = ['libraries.java.pull', 'libraries.python.pull'];
  expect(plan(held, ['python', 'go'])).toEqual({ gets: ['libraries.go.pull'], loses: ['libraries.java.pull'], keeps: ['libraries.python.pull'] });
  expect(plan(held, ['java', 'python'])).toMatchObject({ gets: [], loses: [] });
});

test('roles that pull nothing are left alone, and one that is held twice is one', () => {
  expect(plan(['viewer', 'viewer', 'registry.pull'], ['oci'])).toEqual({ gets: [], loses: [], keeps: ['viewer', 'registry.pull'] });
});
