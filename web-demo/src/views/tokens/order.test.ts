import { expect, test } from 'vitest';
import { DEFAULT_ORDER, ordered, reordered, roleNames, type Column } from './order';
import { NOW, token } from './sample';

const names = (tokens: readonly { name: string }[]) => tokens.map(({ name }) => name).join(' ');
const at = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);
const by = (column: Column, isDescending = false) => ({ by: column, isDescending });

test('names count as people count', () => {
  const tokens = ['ci 10', 'ci 9', 'CI 1', 'a'].map((name) => token(name, 1));
  expect(names(ordered(tokens, by('name'), 'en'))).toBe('a CI 1 ci 9 ci 10');
  expect(names(ordered(tokens, by('name', true), 'en'))).toBe('ci 10 ci 9 CI 1 a');
});

test('what is unknown comes last, whichever way round', () => {
  const tokens = [token('never', null), token('late', 9), token('soon', 1)];
  expect(names(ordered(tokens, by('expiresAt'), 'en'))).toBe('soon late never');
  expect(names(ordered(tokens, by('expiresAt', true), 'en'))).toBe('late soon never');
  const described = [token('none', 1), token('some', 1, [], { description: 'x' })];
  expect(names(ordered(described, by('description'), 'en'))).toBe('some none');
  expect(names(ordered(described, by('description', true), 'en'))).toBe('some none');
});

test('equal ones stay as they were', () => {
  const tokens = ['c', 'a', 'b'].map((name) => token(name, 5));
  expect(names(ordered(tokens, by('expiresAt'), 'en'))).toBe('c a b');
  expect(names(ordered(tokens, by('expiresAt', true), 'en'))).toBe('c a b');
});

test('the newest comes first at the beginning', () => {
  const tokens = [token('old', 1, [], { createdAt: at(-9) }), token('new', 1, [], { createdAt: at(-1) })];
  expect(names(ordered(tokens, DEFAULT_ORDER, 'en'))).toBe('new old');
});

test('roles are ordered by all their names', () => {
  const tokens = [token('two', 1, ['registry.pull', 'apk.pull']), token('one', 1, ['libraries.java.pull'])];
  expect(roleNames(tokens[0]!)).toBe('apk.pull, registry.pull');
  expect(names(ordered(tokens, by('roles'), 'en'))).toBe('two one');
});

test('the list that was given stays as it is', () => {
  const tokens = [token('b', 1), token('a', 1)];
  ordered(tokens, by('name'), 'en');
  expect(names(tokens)).toBe('b a');
});

test('a click turns the order round, or begins with what is wanted first', () => {
  expect(reordered(by('name'), 'name')).toEqual(by('name', true));
  expect(reordered(by('name', true), 'name')).toEqual(by('name'));
  expect(reordered(by('name', true), 'expiresAt')).toEqual(by('expiresAt'));
  expect(reordered(by('name'), 'createdAt')).toEqual(by('createdAt', true));
});
