import '../../core.setup';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ecosystems } from 'pulltoken/web/core';
import { expect, test } from 'vitest';
import messages from '../../../public/_locales/en/messages.json';
import { FORMATS, formatsFor, homeOf, written } from './files';

const PAIR = { username: `${'a'.repeat(40)}/${'b'.repeat(16)}`, password: 'one.two.three' };

test('every format of the documentation is offered, each with its place', () => {
  const table = readFileSync(join(import.meta.dirname, '../../../../docs/formats.md'), 'utf8');
  const documented = [...table.matchAll(/^\| \[`([\w-]+)`\]/gm)].map(([, name]) => name);
  expect([...FORMATS].sort()).toEqual(documented.sort());
  for (const format of FORMATS) expect(messages[homeOf(format)].message, format).not.toBe('');
});

test('an ecosystem is offered its own formats and those of everybody', () => {
  expect(formatsFor('javascript')[0]).toBe('npmrc');
  expect(formatsFor('java')).toContain('maven');
  expect(formatsFor('java')).not.toContain('npmrc');
  for (const { ecosystem } of ecosystems()) expect(formatsFor(ecosystem), ecosystem).toContain('env');
});

test('what is written holds the pair, and the registry that is set', () => {
  const netrc = written(PAIR, 'netrc', { ecosystem: 'java', registry: 'https://registry.example' });
  expect(netrc).toContain(PAIR.password);
  expect(netrc).toContain('registry.example');
  expect(written(PAIR, 'npmrc', { ecosystem: 'java' })).toBeUndefined();
});

test('what cannot be written is an error and not nothing', () => {
  expect(() => written({ ...PAIR, password: 'a\nb' }, 'netrc', { ecosystem: 'java' })).toThrow(expect.objectContaining({ code: 'value_not_representable' }));
});
