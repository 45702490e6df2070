// The way to the registry, as far as a project decides it: a proxy that ends TLS reads what goes through it.
import { homedir } from 'os';
import { basename } from 'path';

import type { Configuration } from '@yarnpkg/core';

/** Settings that lead a connection elsewhere or say whom to believe, of both versions. */
const LEADING = ['httpProxy', 'httpsProxy', 'caFilePath', 'httpsCaFilePath'];

/** Why a project's own settings forbid to send a credential to this host; nothing where they do not. */
export function wayOfProject(configuration: Configuration, host: string): string | undefined {
  const home = portable(homedir());
  for (const [name, source] of configuration.sources) {
    const file = source.split(', ').find((one) => !isOwn(one, home));
    if (file === undefined || !leads(name, () => configuration.get(name), host)) continue;
    return `the project's ${basename(file)} sets ${name}, by which somebody else could read it; set it in your own ~/.yarnrc.yml or in the environment`;
  }
  return undefined;
}

/** The user's own file, the environment or Yarn itself: these are words, and files stand with their whole path. */
function isOwn(source: string, home: string): boolean {
  return !source.startsWith('/') || source.slice(0, source.lastIndexOf('/')) === home;
}

function leads(name: string, value: () => unknown, host: string): boolean {
  if (LEADING.includes(name)) return Boolean(value());
  if (name === 'enableStrictSsl') return value() === false;
  if (name !== 'networkSettings') return false;
  const settings = value();
  if (!(settings instanceof Map)) return false;
  return [...settings].some(
    ([pattern, own]) => fits(String(pattern), host) && own instanceof Map && LEADING.some((one) => Boolean(own.get(one))),
  );
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
