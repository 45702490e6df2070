// What an address of the console says of the organisation that it shows.

/** Where the console shows the pull tokens of an organisation: `/org/NAME/settings/pull-tokens`. */
const PULL_TOKENS = /^\/org\/([^/]+)\/settings\/pull-tokens\/?$/;

/** The organisation whose pull tokens a page of the console shows, by its name or its UIDP. */
export function organizationOf(pathname: string): string | undefined {
  const [, part] = PULL_TOKENS.exec(pathname) ?? [];
  if (part === undefined) return undefined;
  try {
    return readOrganization(decodeURIComponent(part));
  } catch {
    return undefined;
  }
}

/** A name as the platform takes them, or a root's identifier, which is of the same letters. A lone hyphen is the console's word for whichever. */
export function readOrganization(value: unknown): string | undefined {
  return typeof value === 'string' && /^[a-z0-9 ._-]{1,256}$/.test(value) && value !== '-' ? value : undefined;
}
