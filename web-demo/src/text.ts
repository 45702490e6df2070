// Every word that people read stands in _locales; here it is looked up.
import type { Format } from 'pulltoken/web/core';
import type messages from '../public/_locales/en/messages.json';

export type MessageKey = keyof typeof messages;

/** The text of a message, with what fills its placeholders. */
export function text(key: MessageKey, ...values: string[]): string {
  return lookUp(key, values);
}

let lookUp = (key: MessageKey, values: string[]): string => chrome.i18n.getMessage(key, values);

interface Message {
  message: string;
  placeholders?: Record<string, { content: string }>;
}

/** Reads the messages from their file, for a page that no extension stands behind. */
export async function loadMessages(url: string): Promise<void> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  const messages = (await answer.json()) as Record<string, Message>;
  lookUp = (key, values) => (messages[key] ? fill(messages[key], values) : '');
}

/** As extensions do it: `$NAME$` stands for the placeholder's content, and that for the value of its number. */
export function fill({ message, placeholders = {} }: Message, values: readonly string[]): string {
  return message.replace(/\$(\w+)\$/g, (whole, name: string) => {
    const content = placeholders[name.toLowerCase()]?.content;
    return content?.replace(/\$(\d)/g, (_, digit: string) => values[Number(digit) - 1] ?? '') ?? whole;
  });
}

/** The form of a message for a number: `KEY_one` or `KEY_other`. */
export function counted<K extends string>(key: `${K}_other` extends MessageKey ? K : never, count: number, ...values: string[]): string {
  const form = new Intl.PluralRules(text('locale')).select(count) === 'one' ? 'one' : 'other';
  return text(`${key}_${form}` as MessageKey, ...values);
}

/** Several names as one phrase: "a, b and c". */
export function list(names: readonly string[]): string {
  return new Intl.ListFormat(text('locale'), { type: 'conjunction' }).format(names);
}

/** What a file of this format is called, where it has a fixed name; else the format's own name. */
export function fileName(format: Format): string {
  return NAMES[format] ?? format;
}

const NAMES: Partial<Record<Format, string>> = { netrc: '.netrc', npmrc: '.npmrc', 'npmrc-env': '.npmrc', dotenv: '.env', maven: 'settings.xml' };
