// The cases of tests/vectors, and how one is performed through the TypeScript API.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Credentials, Format } from 'pulltoken';

import type { Api } from './runtimes.ts';

export interface Case {
  name: string;
  call: string;
  expect: unknown;
}

/** The arguments of all calls; a case has those of its own. */
interface Arguments {
  text: string;
  url: string;
  role: string;
  format: Format;
  credentials: Credentials;
  now: string;
  options: object;
}

export interface CaseFile {
  file: string;
  cases: Case[];
}

/** Every file of cases, in order. */
export function caseFiles(): CaseFile[] {
  const root = join(import.meta.dirname, '..', 'vectors');
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({ file, cases: JSON.parse(readFileSync(join(root, file), 'utf8')) as Case[] }));
}

/**
 * Performs a case and gives what is to be compared with `expect`. It is sent to the browser as text too, so it
 * uses nothing from outside.
 */
export function perform(api: Api, input: Case): unknown {
  const { call, expect, text, url, role, format, credentials, now, options } = input as Case & Arguments;
  const wanted = expect as { error?: string; message?: string } | null;
  // Dates as the vectors write them, passwords included, nothing for undefined.
  const plain = (value: unknown): unknown => {
    if (value === undefined) return null;
    if (value instanceof Date) return value.toISOString().replace('.000Z', 'Z');
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value !== 'object' || value === null) return value;
    const fields = 'toPlain' in value ? (value as { toPlain(): object }).toPlain() : value;
    return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, plain(field)]));
  };
  try {
    switch (call) {
      case 'parseTtl':
        return plain(api.parseTtl(text));
      case 'parseUidp':
        return plain(api.parseUidp(text));
      case 'validateName':
        return plain(api.validateName(text));
      case 'validateDescription':
        return plain(api.validateDescription(text));
      case 'ecosystems':
        return plain(api.ecosystems());
      case 'ecosystemOfRole':
        return plain(api.ecosystemOfRole(role));
      case 'inspectCredentials': {
        const report = api.inspectCredentials(credentials, { ...options, now: new Date(now) });
        return { ...(plain(report) as object), problems: report.problems.map((problem) => problem.code) };
      }
      case 'render':
        return api.render(credentials, format, options);
      case 'edit':
        return api.edit(text, format, credentials, options);
      case 'remove':
        return api.remove(text, format, options);
      case 'parse':
        return plain(api.parse(text, format));
      case 'parseNetrc':
        return plain(api.parseNetrc(text));
      case 'githubMasks':
        return api.githubMasks(credentials);
      case 'detect':
        return plain(api.detectFormat(text));
      case 'authorizationHeader':
        return plain(api.authorizationHeader(url, credentials, options));
      default:
        return `this runner knows no call ${call}`;
    }
  } catch (error) {
    if (!(error instanceof api.PullTokenError)) return `an exception of another kind: ${error}`;
    // Of a message the vectors promise a part.
    const part = wanted?.message;
    const shown = part !== undefined && error.message.includes(part) ? part : error.message;
    return { error: error.code, ...(part === undefined ? {} : { message: shown }) };
  }
}
