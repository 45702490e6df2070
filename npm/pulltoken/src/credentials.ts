// Finding credentials where Node has them: given, or in the environment.
import { type CallOptions, signalOf, stopped } from './abort.js';
import type { CredentialsQuestions, FoundCredentialsFields } from './generated/types.js';
import { binding, encode, unwrap } from './raw.js';
import { Sealed } from './sealed.js';
import { isObject, pair, revive, type Wire } from './values.js';

/** What is wanted, and where to look. */
export interface GetCredentialsOptions extends CredentialsQuestions, CallOptions {}

export interface FoundCredentials extends Omit<FoundCredentialsFields, 'password'> {}

/** A pair that was found. Its password is shown only when read by name. */
export class FoundCredentials extends Sealed {
  /** @internal */
  constructor({ password, ...fields }: FoundCredentialsFields) {
    super(fields, { password });
  }

  /** The password. */
  get password(): string {
    return this.read('password') ?? '';
  }

  /** All of it as a plain object, the password included. */
  toPlain(): FoundCredentialsFields {
    const { username, ecosystem, source, expiresAt } = this;
    return { username, password: this.password, ecosystem, source, expiresAt };
  }
}

/**
 * The first usable pair of: the one given; the ecosystem's variables, such as `CHAINGUARD_JAVA_IDENTITY_ID` and
 * `CHAINGUARD_JAVA_TOKEN`; a session for the registry in `PULLTOKEN_SESSION_TOKEN`. Nothing is sent.
 *
 * @throws {PullTokenError} `no_credentials` saying what is missing or wrong with what was found,
 *   `credentials_unusable` for the pair given, `unknown_ecosystem`, `usage`, `interrupted`
 */
export async function getCredentials(options: GetCredentialsOptions = {}): Promise<FoundCredentials> {
  const name = 'getCredentials';
  const signal = signalOf(name, options);
  if (signal?.aborted === true) throw stopped(signal);
  const given = options.credentials ?? undefined;
  const ours = Object.entries(process.env).filter(([variable]) => /^(CHAINGUARD|PULLTOKEN)_/.test(variable));
  const credentials = isObject(given) ? pair(given) : given;
  const text = encode(name, { ecosystem: options.ecosystem, credentials, environment: ours.flat() });
  const found = unwrap<Wire<FoundCredentialsFields>>(binding(name).getCredentials(text, Date.now()));
  return new FoundCredentials(revive<FoundCredentialsFields>(found, 'expiresAt'));
}
