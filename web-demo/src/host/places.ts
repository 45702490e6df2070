// The settings: what holds until somebody says otherwise, and what may be said.
import type { Places, Settings } from './host';

export const DEFAULTS: Settings = {
  api: 'https://console-api.enforce.dev',
  issuer: 'https://issuer.enforce.dev',
  registry: 'https://libraries.cgr.dev',
  console: 'https://console.chainguard.dev',
  expiringDays: 14,
  notify: true,
};

/** The most days that one is warned before. */
export const MOST_DAYS = 90;

const PLACES = ['api', 'issuer', 'registry', 'console'] as const satisfies (keyof Places)[];

/** What was stored, or given with a page; whatever of it makes no sense is as if it were not there. */
export function readSettings(stored: unknown): Settings {
  const fields = record(stored);
  const settings = { ...DEFAULTS };
  for (const place of PLACES) settings[place] = origin(fields[place]) ?? settings[place];
  settings.expiringDays = days(fields['expiringDays']) ?? settings.expiringDays;
  if (typeof fields['notify'] === 'boolean') settings.notify = fields['notify'];
  const { provider, clientId } = record(fields['device']);
  const at = issuerUrl(provider);
  if (at !== undefined && typeof clientId === 'string' && clientId !== '') settings.device = { provider: at, clientId };
  return settings;
}

/** The origin of an absolute URL to which a session may be sent: https, or http on this machine. */
export function origin(value: unknown): string | undefined {
  const url = sendable(value);
  return url && url.pathname === '/' ? url.origin : undefined;
}

/** The URL of an OIDC provider, which may have a path; without a trailing slash. */
export function issuerUrl(value: unknown): string | undefined {
  const url = sendable(value);
  return url && (url.origin + url.pathname).replace(/\/+$/, '');
}

/** A number of days that can be asked for. */
export function days(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MOST_DAYS ? value : undefined;
}

/** Whether a session for the one is a session for the other. */
export function samePlaces(one: Places, other: Places): boolean {
  return PLACES.every((place) => one[place] === other[place]);
}

/** What a browser calls the pages of a place. Ports do not count there. */
export function hostPattern(url: string): string {
  const { protocol, hostname } = new URL(url);
  return `${protocol}//${hostname}/*`;
}

const LOOPBACK = new Set(['localhost', '127.0.0.1']);

function sendable(value: unknown): URL | undefined {
  if (typeof value !== 'string' || !URL.canParse(value.trim())) return undefined;
  const url = new URL(value.trim());
  const secure = url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.has(url.hostname));
  return secure && !url.username && !url.password && !url.search && !url.hash ? url : undefined;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
