// Signing in by a page of the issuer, for those who have a browser open it: an extension, or a program with a window.
import { PullTokenError, usage } from './error.js';
import type { BegunSignInFields, SessionFields, SignInDoor, SignInQuestions } from './generated/types.js';
import { call } from './raw.js';
import { Sealed } from './sealed.js';
import { opened, type Session } from './session.js';
import { surroundings } from './surroundings.js';
import { isObject, randomHex, type Wire } from './values.js';

/** What a sign-in asks for. What is absent of `issuer` and `api` comes, in Node, from the variables of the command line. */
export interface BeginSignInOptions extends SignInQuestions, SignInDoor {}

export interface BegunSignIn extends Omit<BegunSignInFields, 'url' | 'nonce'> {}

/** A sign-in that was begun. Its page's address and its nonce are shown only when read by name. */
export class BegunSignIn extends Sealed {
  /** @internal */
  constructor({ url, nonce, ...fields }: BegunSignInFields) {
    super(fields, { url, nonce });
  }

  /** The issuer's page, for one browser alone: it holds the nonce. */
  get url(): string {
    return this.read('url') ?? '';
  }

  /** What has to come back with the answer. */
  get nonce(): string {
    return this.read('nonce') ?? '';
  }

  /** All of it as a plain object, the secrets included. */
  toPlain(): BegunSignInFields {
    return { audience: this.audience, url: this.url, nonce: this.nonce };
  }
}

/**
 * The page of the issuer that signs a person in and then sends the browser to `redirect`, with a nonce drawn for it.
 * Nothing is sent.
 *
 * @throws {PullTokenError} `invalid_url`, `insecure_url`, `invalid_uidp`, `usage`
 */
export function beginSignIn(options: BeginSignInOptions): BegunSignIn {
  if (!isObject(options)) throw usage('beginSignIn: expected an object of options', 'see the type BeginSignInOptions');
  const { variable } = surroundings();
  const { issuer = variable('PULLTOKEN_ISSUER'), api = variable('PULLTOKEN_API') } = options;
  return new BegunSignIn(call('beginSignIn', { ...options, issuer, api, nonce: randomHex() }));
}

/** A sign-in that was begun, and how it ended. */
export interface FinishSignInOptions {
  /** What `beginSignIn` gave. */
  signIn: Pick<BegunSignInFields, 'nonce' | 'audience'>;
  /** The whole address that the browser came back with. */
  answer: string;
  /**
   * Asked where the issuer left the nonce out, with the identity that the session is of: any page may have sent the
   * browser then. Only where a person says that this is who they are may it answer `true`; without it such an answer
   * is refused.
   */
  confirm?: ((subject: string | null) => boolean | Promise<boolean>) | undefined;
}

/**
 * Reads what the browser came back with, for the sign-in that it was begun for.
 *
 * @throws {PullTokenError} `sign_in_refused` where the person or the issuer denied it, where the nonce is another's or
 *   missing, and where the token is for another audience
 */
export async function finishSignIn(options: FinishSignInOptions): Promise<Session> {
  const name = 'finishSignIn';
  if (!isObject(options) || !isObject(options.signIn)) {
    throw usage(`${name}: expected the sign-in in \`signIn\``, 'pass what beginSignIn gave');
  }
  const { signIn, answer, confirm } = options as FinishSignInOptions;
  type Finished = { session: Wire<SessionFields>; proven: boolean };
  const { session, proven } = call<Finished>(name, { answer, nonce: signIn.nonce, audience: signIn.audience });
  if (proven || (typeof confirm === 'function' && (await confirm(session.subject)) === true)) return opened(session);
  const message = 'the browser came back without the nonce it was given, and nobody confirmed who it is';
  throw new PullTokenError({ code: 'sign_in_refused', message, hint: 'sign in again, or by a device code' });
}
