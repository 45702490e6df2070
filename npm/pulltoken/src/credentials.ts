// Finding credentials where Node has them: given, in the environment, stored, or from somebody who is asked.
import { type CallOptions, signalOf, stopped, watched } from './abort.js';
import type { CredentialsQuestions, FoundCredentialsFields } from './generated/types.js';
import { type ClientOptions, connect } from './options.js';
import { binding, encode, unwrap } from './raw.js';
import { Sealed } from './sealed.js';
import { isObject, pair, revive, type Wire } from './values.js';

/** What is wanted, and where to look. */
export interface GetCredentialsOptions extends CredentialsQuestions, CallOptions, Omit<ClientOptions, 'token' | 'fetch'> {}

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
 * `CHAINGUARD_JAVA_TOKEN`; a token that the command line or an earlier call made and kept; a session for the registry,
 * in `PULLTOKEN_SESSION_TOKEN` or stored by `pulltoken login` and renewed if need be; the CI job's own identity, where
 * `identity` names one to act as; with `mint`, a pull token made for the purpose, which is kept until it is about to
 * expire where the session was a stored one. Without the native module only what is given or in the environment is
 * looked at.
 *
 * @throws {PullTokenError} `no_credentials` saying what is missing or wrong with what was found,
 *   `credentials_unusable` for the pair given, `unknown_ecosystem`, `usage`, `interrupted`; what a CI job's identity
 *   or making a token failed with
 */
export async function getCredentials(options: GetCredentialsOptions = {}): Promise<FoundCredentials> {
  const name = 'getCredentials';
  const signal = signalOf(name, options);
  if (signal?.aborted === true) throw stopped(signal);
  const { api, issuer, registry, connectTo, caFile, signal: _, ...questions } = options;
  const given = options.credentials ?? undefined;
  const ours = Object.entries(process.env).filter(([variable]) => /^(CHAINGUARD|PULLTOKEN)_/.test(variable));
  const credentials = isObject(given) ? pair(given) : given;
  const text = encode(name, { ...questions, credentials, environment: ours.flat() });
  const { connection, Cancellation } = connect({ api, issuer, registry, connectTo, caFile });
  const cancellation = new Cancellation();
  const answer = await watched(signal, () => cancellation.cancel(), async () =>
    connection.credentials === undefined
      ? binding(name).getCredentials(text, Date.now())
      : connection.credentials(text, cancellation),
  );
  const found = unwrap<Wire<FoundCredentialsFields>>(answer, signal?.reason);
  return new FoundCredentials(revive<FoundCredentialsFields>(found, 'expiresAt'));
}
