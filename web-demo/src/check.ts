// What was pasted in, what can be said about it out. No page, no clock, no network: the core does the reading.
import { detectFormat, inspectCredentials, parse, PullTokenError, type CredentialReport, type Format, type ParsedEntry } from 'pulltoken/web/core';

/** What a file may be read as whatever it looks like. Everything else that holds credentials is told from its content. */
export const CHOICES = ['netrc', 'npmrc', 'maven', 'dotenv'] as const satisfies Format[];
export type Choice = (typeof CHOICES)[number] | 'detect';

export type Paste =
  | { kind: 'file'; text: string; format: Choice }
  | { kind: 'pair'; username: string; password: string };

/** One place of the text that holds a credential, or stands in for one. */
export type Finding = { target?: string | undefined; line?: number | undefined } & (
  | { kind: 'credential'; username: string; report: CredentialReport }
  | { kind: 'variables'; names: string[] }
  | { kind: 'incomplete' }
);

export type Outcome =
  | { kind: 'empty' }
  | { kind: 'half_a_pair' }
  | { kind: 'unknown_format' }
  /** A file that is told by its looks, but that the core without its editors does not read. */
  | { kind: 'unread'; format: Format }
  | { kind: 'findings'; format?: Format; findings: Finding[]; others: string[] }
  | { kind: 'refused'; message: string; hint: string };

/** Reads what was pasted, as of `now`. */
export function check(paste: Paste, now: Date): Outcome {
  try {
    return paste.kind === 'pair' ? checkPair(paste.username, paste.password, now) : checkFile(paste.text, paste.format, now);
  } catch (error) {
    if (error instanceof PullTokenError) return { kind: 'refused', message: error.message, hint: error.hint };
    throw error;
  }
}

function checkPair(username: string, password: string, now: Date): Outcome {
  if (!username && !password) return { kind: 'empty' };
  if (!username || !password) return { kind: 'half_a_pair' };
  const report = inspectCredentials({ username, password }, { now });
  return { kind: 'findings', findings: [{ kind: 'credential', username, report }], others: [] };
}

function checkFile(text: string, chosen: Choice, now: Date): Outcome {
  if (!text.trim()) return { kind: 'empty' };
  const format = chosen === 'detect' ? detectFormat(text) : chosen;
  if (!format) return { kind: 'unknown_format' };
  const entries = read(text, format);
  if (!entries) return { kind: 'unread', format };
  const findings: Finding[] = [];
  const others: string[] = [];
  for (const entry of entries) {
    const finding = look(entry, now);
    if (isOurs(finding)) findings.push(finding);
    else others.push(entry.target ?? '');
  }
  return { kind: 'findings', format, findings, others };
}

/** What is in a text; nothing where its format is one of those that only the complete core reads. */
function read(text: string, format: Format): ParsedEntry[] | undefined {
  try {
    return parse(text, format);
  } catch (error) {
    if (error instanceof PullTokenError && error.code === 'format_not_editable') return undefined;
    throw error;
  }
}

function look(entry: ParsedEntry, now: Date): Finding {
  const place = { target: entry.target, line: entry.line };
  const { username, password, ecosystem } = entry;
  if (username && password) {
    const report = inspectCredentials({ username, password }, ecosystem ? { now, ecosystem } : { now });
    return { ...place, kind: 'credential', username, report };
  }
  if (entry.variables.length > 0) return { ...place, kind: 'variables', names: entry.variables };
  return { ...place, kind: 'incomplete' };
}

/** Whether it concerns the libraries: a file holds credentials for other services too, and those are nobody's business here. */
function isOurs(finding: Finding): boolean {
  if (finding.kind === 'credential' && finding.report.kind !== 'unknown') return true;
  return finding.target === undefined || /^(\/\/)?libraries\.cgr\.dev([:/]|$)/.test(finding.target);
}
