// The way to the registry, as far as a project decides it: whoever ends TLS reads what goes through it.
import { homedir } from 'node:os';
import { basename } from 'node:path';

import type { Configuration } from '@yarnpkg/core';

/** Settings that say whom to believe, of both versions. */
const TRUST = ['caFilePath', 'httpsCaFilePath'];
/** Settings that lead a connection elsewhere, where it can be read only by somebody who is believed. */
const PROXIES = ['httpProxy', 'httpsProxy'];

/** Why a project's own settings forbid to send a credential to this URL; nothing where they do not. */
export function wayOfProject(configuration: Configuration, url: URL): string | undefined {
  const { sources } = configuration;
  const home = portable(homedir());
  const isBlind = url.protocol === 'http:' || (sources.has(STRICT) && configuration.get(STRICT) === false);
  const dangerous = isBlind ? [...TRUST, ...PROXIES] : TRUST;
  for (const [name, source] of sources) {
    const file = source.split(', ').find((one) => !isOwn(one, home));
    if (file === undefined || !isSet(name, () => configuration.get(name), dangerous, url.hostname)) continue;
    return `the project's ${basename(file)} sets ${name}, by which somebody else could read it; set it in your own ~/.yarnrc.yml or in the environment`;
  }
  return undefined;
}

const STRICT = 'enableStrictSsl';

/** Whether a setting is one of the dangerous ones, and has a dangerous value. */
function isSet(name: string, value: () => unknown, dangerous: readonly string[], host: string): boolean {
  if (dangerous.includes(name)) return Boolean(value());
  if (name === STRICT) return value() === false;
  if (name !== 'networkSettings') return false;
  const settings = value();
  if (!(settings instanceof Map)) return false;
  return [...settings].some(
    ([pattern, own]) => fits(String(pattern), host) && own instanceof Map && dangerous.some((one) => Boolean(own.get(one))),
  );
}

/** The user's own file, the environment or Yarn itself: these are words, and files stand with their whole path. */
function isOwn(source: string, home: string): boolean {
  return !source.startsWith('/') || source.slice(0, source.lastIndexOf('/')) === home;
}

/** Whether a pattern is for a host. What has other signs than a star in it counts as being for every host. */
function fits(pattern: string, host: string): boolean {
  if (/[^\w.*-]/.test(pattern)) return true;
  const parts = pattern.split('*').map((part) => part.replaceAll('.', '\\.'));
  return new RegExp(`^${parts.join('.*')}$`, 'i').test(host);
}

/** A path as Yarn writes it, with slashes and a drive below the root. */
function portable(path: string): string {
  return path.replaceAll('\\', '/').replace(/^([A-Za-z]:)/, '/$1');
}
