// Pairs to write: one in the shape of a real pull token, and ones that strain every quoting rule.
import { type Pair, pullToken } from '../../support/credentials';

export type { Pair };

/** A UIDP with its slash and a token of the usual length. */
export const PULL_TOKEN: Pair = pullToken(30);

/** The same username as it stands in a URL. */
export const IN_URL: Pair = { ...PULL_TOKEN, username: PULL_TOKEN.username.replaceAll('/', '_') };

/** ASCII that some syntax or other takes for its own. */
export const AWKWARD: Pair = { username: `it's "a" $HOME`, password: 'p w\'d"$x\\y`#;!{}[]%41&<>|*?~=,@^ \\' };

/** The same without what single quotes or double quotes, comments and templates are made of. */
export const MILD: Pair = { username: 'a b+c', password: 'p w%d#e;f&g<h>i@j=k,l~m^n' };

/** Letters of several lengths in UTF-8. */
export const FOREIGN: Pair = { username: 'jürgen', password: 'пароль-密码-🔑-’“' };

/** The value of an Authorization header. */
export function basic({ username, password }: Pair): string {
  return `Basic ${base64({ username, password })}`;
}

export function base64({ username, password }: Pair): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}
