import { expect, test } from 'vitest';
import { chosen, countLives, ecosystemsOf, EVERYTHING, isNarrow } from './choice';
import { NOW, token } from './sample';

const TOKENS = [
  token('ci build', 100, ['libraries.javascript.pull'], { ecosystems: ['javascript'], description: 'made by Ann' }),
  token('nightly', 3, ['libraries.java.pull', 'libraries.python.pull'], { ecosystems: ['java', 'python'] }),
  token('old', -4, ['registry.pull'], { ecosystems: ['oci'] }),
  token('bare', 50),
];
const pick = (choice: Partial<typeof EVERYTHING>) => chosen(TOKENS, { ...EVERYTHING, ...choice }, NOW, 14).map(({ name }) => name);

test('everything is everything', () => {
  expect(pick({})).toHaveLength(TOKENS.length);
  expect(isNarrow(EVERYTHING)).toBe(false);
  expect(isNarrow({ ...EVERYTHING, text: ' ' })).toBe(false);
  expect(isNarrow({ ...EVERYTHING, life: 'valid' })).toBe(true);
});

test.each([
  [{ text: 'CI' }, ['ci build']],
  [{ text: 'ann ci' }, ['ci build']],
  [{ text: 'ann nightly' }, []],
  [{ text: 'registry.pull' }, ['old']],
  [{ text: '01234567/bare' }, ['bare']],
  [{ life: 'expired' }, ['old']],
  [{ life: 'expiring' }, ['nightly']],
  [{ life: 'valid' }, ['ci build', 'bare']],
  [{ ecosystem: 'python' }, ['nightly']],
  [{ ecosystem: 'none' }, ['bare']],
  [{ ecosystem: 'java', life: 'expired' }, []],
] as const)('%j shows %j', (choice, names) => {
  expect(pick(choice)).toEqual(names);
});

test('a text does not reach from one field into the next', () => {
  expect(chosen([token('yz', 1, [], { description: 'wx' })], { ...EVERYTHING, text: 'zw' }, NOW, 14)).toEqual([]);
});

test('states are counted, and what is opened is listed once', () => {
  expect(countLives(TOKENS, NOW, 14)).toEqual({ valid: 2, expiring: 1, expired: 1 });
  expect(ecosystemsOf(TOKENS)).toEqual(['java', 'javascript', 'oci', 'python', 'none']);
  expect(ecosystemsOf(TOKENS.slice(0, 1))).toEqual(['javascript']);
});
