import { expect, test } from 'vitest';
import { printable } from './foreign';

test.each([
  ['größe 🚀 שלום', 'größe 🚀 שלום'],
  ['<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
  ['\u202Egnp.exe', '\\u{202e}gnp.exe'],
  ['a\u2066b\u2069', 'a\\u{2066}b\\u{2069}'],
  ['\u001B[2Ja\r\n', '\\u{1b}[2Ja\\u{d}\\u{a}'],
  ['a\u200Bb\uFEFF', 'a\\u{200b}b\\u{feff}'],
  ['👩‍🚀', '👩\\u{200d}🚀'],
])('%j is shown as %j', (text, shown) => {
  expect(printable(text)).toBe(shown);
});
