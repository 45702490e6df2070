// The pure functions: synchronous, offline, the same on every binding.
import { NetrcEntry, ParsedEntry } from './entries.js';
import type {
  CredentialReport,
  Ecosystem,
  EcosystemInfo,
  Format,
  InspectQuestions,
  NetrcEntryFields,
  ParsedEntryFields,
  RawName,
  RenderQuestions,
  TtlInfo,
  UidpInfo,
  Warning,
} from './generated/types.js';
import { binding, call, encode, unwrap } from './raw.js';
import { type Credentials, isObject, millis, pair, randomHex, revive, type Wire } from './values.js';

/**
 * Reads a time to live: a Go duration such as `720h` or `1h30m`, above zero and at most 8760h.
 *
 * @throws {PullTokenError} `invalid_ttl`, `ttl_out_of_range`
 */
export function parseTtl(text: string): TtlInfo {
  return call('parseTtl', { text });
}

/**
 * Reads an identifier: 40 lower-case hex digits, then `/` and 16 more for each level below.
 *
 * @throws {PullTokenError} `invalid_uidp` with the position of the first wrong character
 */
export function parseUidp(text: string): UidpInfo {
  return call('parseUidp', { text });
}

/**
 * Checks the name of a token: `a-z`, `0-9`, space, dot, underscore and hyphen.
 *
 * @throws {PullTokenError} `invalid_name` with the position of the first wrong character
 */
export function validateName(text: string): void {
  call<null>('validateName', { text });
}

/**
 * Checks a description: at most 512 characters (code points) without tabs and line breaks.
 *
 * @throws {PullTokenError} `invalid_description` with the position of the first wrong character
 */
export function validateDescription(text: string): void {
  call<null>('validateDescription', { text });
}

/** Every ecosystem with its role, entitlement, variables and repositories. */
export function ecosystems(): EcosystemInfo[] {
  return call('ecosystems', {});
}

/** The ecosystem that a role such as `libraries.java.pull` opens. */
export function ecosystemOfRole(role: string): Ecosystem | undefined {
  return call<Ecosystem | null>('ecosystemOfRole', { role }) ?? undefined;
}

/** How to look at credentials. */
export interface InspectOptions extends InspectQuestions {
  /** The moment to judge at, the present one if absent. */
  now?: Date | undefined;
}

/**
 * Reports on credentials by looking at them: nothing is sent and no signature is checked. Never fails on
 * what the credentials hold, and shows no part of the password.
 *
 * @throws {PullTokenError} `usage`, `invalid_time`, `unknown_ecosystem`, `invalid_uidp` for the options
 */
export function inspectCredentials(credentials: Credentials, options: InspectOptions = NO_OPTIONS): CredentialReport {
  const name = 'inspectCredentials';
  const { now, ...questions } = isObject(options) ? (options as InspectOptions) : { now: undefined };
  const moment = millis(name, now);
  const { username, password } = isObject(credentials) ? (credentials as Credentials) : ({} as Partial<Credentials>);
  const report =
    typeof username === 'string' && typeof password === 'string' && isObject(options)
      ? unwrap<Wire<CredentialReport>>(
          binding(name).inspectPair(username, password, moment, isEmpty(questions) ? '' : encode(name, questions)),
        )
      : // Something is wrong with the arguments, and this says what.
        call<Wire<CredentialReport>>(name, {
          credentials: pair(credentials),
          now: moment,
          options: isObject(options) ? questions : options,
        });
  return revive<CredentialReport>(report, 'expiresAt');
}

const NO_OPTIONS: InspectOptions = Object.freeze({});

function isEmpty(fields: object): boolean {
  for (const name in fields) if (Object.hasOwn(fields, name)) return false;
  return true;
}

/** How to write credentials. */
export interface RenderOptions extends RenderQuestions {
  /** Called for everything that works, but not everywhere. */
  onWarning?: ((warning: Warning) => void) | undefined;
}

/**
 * Credentials as a fresh text in a format; an `-env` format holds the place for them and no secret.
 *
 * @throws {PullTokenError} `unknown_format`, `unknown_ecosystem`, `invalid_url`, `insecure_url`,
 *   `value_not_representable` where the format cannot hold a value, `usage`
 */
export function render(credentials: Credentials, format: Format, options: RenderOptions = {}): string {
  return written('render', { credentials: pair(credentials), format }, options);
}

/**
 * The text of an existing file with the credentials put into it. Every byte that is not ours stays; doing it
 * again changes nothing.
 *
 * @throws {PullTokenError} those of `render`; `format_not_editable` for what is made for output,
 *   `invalid_syntax` where the text cannot be read well enough to be changed safely
 */
export function edit(text: string, format: Format, credentials: Credentials, options: RenderOptions = {}): string {
  return written('edit', { text, format, credentials: pair(credentials) }, options);
}

/**
 * The text of an existing file with our entries taken out.
 *
 * @throws {PullTokenError} `unknown_format`, `format_not_editable`, `invalid_syntax`, `usage`
 */
export function remove(text: string, format: Format, options: RenderOptions = {}): string {
  return written('remove', { text, format }, options);
}

/**
 * The credentials in a text, and the places for some, with their lines. Not only ours.
 *
 * @throws {PullTokenError} `unknown_format`, `invalid_syntax`
 */
export function parse(text: string, format: Format): ParsedEntry[] {
  return call<ParsedEntryFields[]>('parse', { text, format }).map((fields) => new ParsedEntry(fields));
}

/** The entries of a `.netrc`, as curl and Python read it. */
export function parseNetrc(text: string): NetrcEntry[] {
  return call<NetrcEntryFields[]>('parseNetrc', { text }).map((fields) => new NetrcEntry(fields));
}

/** The format of a text that holds credentials or places for them, told from its content. */
export function detectFormat(text: string): Format | undefined {
  return call<Format | null>('detectFormat', { text }) ?? undefined;
}

/** The lines to print in GitHub Actions before anything else, so that its log hides the credentials. */
export function githubMasks(credentials: Credentials): string[] {
  return call('githubMasks', { credentials: pair(credentials) });
}

/**
 * The value of an `Authorization` header for a request to the registry; `undefined` for a URL outside the
 * registry's origin (scheme, host, port) and the ecosystem's paths, which must not see the credentials.
 *
 * @throws {PullTokenError} `unknown_ecosystem`, `invalid_url`, `insecure_url`, `value_not_representable`
 */
export function authorizationHeader(
  url: string,
  credentials: Credentials,
  options: RenderQuestions = {},
): string | undefined {
  return call<string | null>('authorizationHeader', { url, credentials: pair(credentials), options }) ?? undefined;
}

/** Calls what writes a text, and hands its warnings on. */
function written(name: RawName, args: { format: unknown; [name: string]: unknown }, options: unknown): string {
  if (!isObject(options)) return call<{ text: string }>(name, { ...args, options }).text;
  const { onWarning, ...questions } = options as RenderOptions;
  // GitHub's block ends at a line that nobody can foresee; the core draws no random numbers.
  if (args.format === 'github') questions.delimiter ??= `EOF_${randomHex()}`;
  const { text, warnings } = call<{ text: string; warnings: Warning[] }>(name, { ...args, options: questions });
  if (typeof onWarning === 'function') for (const warning of warnings) onWarning(warning);
  return text;
}

export type { Credentials };
