// A pull token just made.
import type { PullTokenFields, ReplacedPullToken } from './generated/types.js';
import { Sealed } from './sealed.js';

export interface PullToken extends Omit<PullTokenFields, 'password'> {
  /** What became of the token that this one replaces, where there was one. */
  readonly replaced?: ReplacedPullToken;
}

/**
 * A pull token just made. The password exists here and nowhere else: it is shown only when read by name,
 * not by `console.log`, `JSON.stringify` or a spread. Where a pair is wanted the token itself may be given.
 */
export class PullToken extends Sealed {
  /** @internal */
  constructor({ password, ...fields }: PullTokenFields & { replaced?: ReplacedPullToken }) {
    super(fields, { password });
  }

  /** The password. */
  get password(): string {
    return this.read('password') ?? '';
  }

  /** All of it as a plain object, the password included. */
  toPlain(): PullTokenFields {
    const { id, username, name, description, ecosystems, roles, organization, createdAt, expiresAt } = this;
    return {
      id,
      username,
      password: this.password,
      name,
      description,
      ecosystems,
      roles,
      organization,
      createdAt,
      expiresAt,
    };
  }
}
