// What is found in files, and what may hold a password there.
import type { NetrcEntryFields, ParsedEntryFields } from './generated/types.js';
import { Sealed } from './sealed.js';

export interface ParsedEntry extends Omit<ParsedEntryFields, 'password'> {}

/** What is in a text: a credential, or the place for one. Its password is shown only when read by name. */
export class ParsedEntry extends Sealed {
  /** @internal */
  constructor({ password, ...fields }: ParsedEntryFields) {
    super(fields, { password });
  }

  /** The password, as it stands. */
  get password(): string | undefined {
    return this.read('password');
  }

  /** All of it as a plain object, the password included. */
  toPlain(): ParsedEntryFields {
    const { line, variables, target, ecosystem, username } = this;
    return present({ line, target, ecosystem, username, password: this.password, variables });
  }
}

export interface NetrcEntry extends Omit<NetrcEntryFields, 'password'> {}

/** An entry of a `.netrc`. Its password is shown only when read by name. */
export class NetrcEntry extends Sealed {
  /** @internal */
  constructor({ password, ...fields }: NetrcEntryFields) {
    super(fields, { password });
  }

  /** The password. */
  get password(): string | undefined {
    return this.read('password');
  }

  /** All of it as a plain object, the password included. */
  toPlain(): NetrcEntryFields {
    const { machine, isDefault, login, account, line } = this;
    return present({ machine, isDefault, login, password: this.password, account, line });
  }
}

/** The object without what is undefined. */
function present<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
