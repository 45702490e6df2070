import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fill } from './text';
import messages from '../public/_locales/en/messages.json';

type Message = { message: string; placeholders?: Record<string, { content: string }> };
const ALL = Object.entries(messages as Record<string, Message>);

test('every message declares the placeholders that it uses', () => {
  for (const [key, { message, placeholders = {} }] of ALL) {
    const used = [...message.matchAll(/\$(\w+)\$/g)].map(([, name]) => name?.toLowerCase());
    expect(Object.keys(placeholders).sort(), key).toEqual(used.sort());
  }
});

test('no message is left over', () => {
  const sources = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' });
  const code = sources.filter((name) => /\.tsx?$/.test(name)).map((name) => readFileSync(join(import.meta.dirname, name), 'utf8')).join('\n');
  const manifest = readFileSync(join(import.meta.dirname, '../public/manifest.json'), 'utf8');
  // Some keys are put together: `state_${…}`, and `others_one` from `others`.
  const isMade = (key: string) => [...key.matchAll(/_/g)].some(({ index }) => code.includes(`\`${key.slice(0, index + 1)}\${`));
  const isCounted = (key: string) => /_(one|other)$/.test(key) && code.includes(`'${key.replace(/_(one|other)$/, '')}'`);
  const mentioned = (key: string) => code.includes(`'${key}'`) || manifest.includes(`__MSG_${key}__`) || isMade(key) || isCounted(key);
  expect(ALL.map(([key]) => key).filter((key) => !mentioned(key))).toEqual([]);
});

test('no page has words of its own', () => {
  const own = (markup: string): string[] =>
    [/<[a-z][\w-]*(?:\s[^<>]*)?>([^<>{}]*\p{L}[^<>{}]*)<\//gu, /\s(?:alt|aria-label|hint|label|legend|placeholder|title)="([^"]*\p{L}[^"]*)"/gu].flatMap((words) =>
      [...markup.matchAll(words)].map(([, found = '']) => found));
  expect(own('<p class="hint">Two words</p><button aria-label="Close" /><p>{text("x")}: </p>')).toEqual(['Two words', 'Close']);
  const pages = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tsx'));
  expect(pages.length).toBeGreaterThan(20);
  for (const name of pages) expect(own(readFileSync(join(import.meta.dirname, name), 'utf8')), name).toEqual([]);
});

test('placeholders are filled by name, and by nothing that a value holds', () => {
  const message = { message: '$A$ and $b$, $OTHER$', placeholders: { a: { content: '$2' }, b: { content: '<$1>' } } };
  expect(fill(message, ['$A$', 'two'])).toBe('two and <$A$>, $OTHER$');
  expect(fill(message, [])).toBe(' and <>, $OTHER$');
});
