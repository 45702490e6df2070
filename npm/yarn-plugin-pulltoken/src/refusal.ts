// What the registry's refusals mean, and what to do.
import { MessageName, ReportError } from '@yarnpkg/core';

import type { Loan } from './lender.ts';

/** How much of the registry's own words is shown. */
const LONGEST = 300;

/** What Yarn's HTTP client throws for an answer that is none of success. */
interface HttpError {
  name: 'HTTPError';
  response: { statusCode: number; body?: unknown };
}

/** An error that says what to do about a 401 or 403; nothing for what Yarn itself explains better. */
export function explained(error: unknown, url: string, loan: Loan): Error | undefined {
  if (!isHttpError(error)) return undefined;
  const { statusCode, body } = error.response;
  const { host, pathname } = new URL(url);
  if (statusCode === 401) {
    return new ReportError(MessageName.AUTHENTICATION_INVALID, `pulltoken: ${host} answered 401: ${unknown(loan)}`);
  }
  if (statusCode === 403) {
    const said = words(body);
    const advice = 'see `pulltoken login` for what your organisation may pull; a policy is changed by its owners';
    return new ReportError(
      MessageName.NETWORK_ERROR,
      `pulltoken: ${host} forbids ${printable(pathname)} (403)${said === '' ? '' : `: ${said}`} - ${advice}`,
    );
  }
  return undefined;
}

/** Why nobody was known to the registry. */
function unknown({ credential, reason, header }: Loan): string {
  if (reason !== undefined) return `no credential was sent, since ${printable(reason)}`;
  if (credential === undefined || header === undefined) return 'the URL is none of the JavaScript libraries, and got no credential';
  const { from, expiresAt } = credential;
  const until = expiresAt === undefined ? '' : `, good until ${expiresAt.toISOString()}`;
  return `it does not take the credential of ${from}${until} - was it deleted, or made for another organisation or ecosystem? Sign in with \`pulltoken login\`, or make a new one with \`pulltoken create --repository javascript\``;
}

/** The registry's own reason. */
function words(body: unknown): string {
  const text = Buffer.isBuffer(body) ? body.toString() : body;
  const value = typeof text === 'string' ? json(text) : text;
  if (typeof value !== 'object' || value === null) return '';
  const { error, message } = value as Record<string, unknown>;
  const said = [error, message].find((it) => typeof it === 'string' && it !== '');
  return typeof said === 'string' ? printable(said) : '';
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Foreign text on one line, without what moves a cursor or turns a line round. */
function printable(text: string): string {
  return text.slice(0, LONGEST).replace(/[\p{C}\u2028\u2029]/gu, '\ufffd');
}

function isHttpError(error: unknown): error is HttpError {
  if (typeof error !== 'object' || error === null || !('name' in error) || error.name !== 'HTTPError') return false;
  return 'response' in error && typeof error.response === 'object' && error.response !== null;
}
