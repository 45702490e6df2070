// Texts that somebody else wrote, made safe to stand among ours.

/** What cannot be seen, breaks lines or turns the direction of what stands around it. */
const UNSAFE = /[\p{Cc}\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF\uFFF9-\uFFFB]/gu;

/** The text with such characters written out, as the command line shows them: `\u{202e}`. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
