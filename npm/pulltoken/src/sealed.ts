// Objects that hold a password and show it only to those who read the field by its name: neither
// JSON.stringify, nor util.inspect (console.log), nor spreading an object takes it along.

const INSPECT = Symbol.for('nodejs.util.inspect.custom');

// Not private fields: with those, a declaration would tell this class apart from its other builds'.
const passwords = new WeakMap<object, string>();

/** The base of what holds a password. The other fields are ordinary ones. */
export abstract class Sealed {
  /** @internal */
  protected constructor(fields: object, password: string | undefined) {
    Object.assign(this, fields);
    if (password !== undefined) passwords.set(this, password);
  }

  /** @internal */
  protected read(): string | undefined {
    return passwords.get(this);
  }

  /** The fields without the password. */
  toJSON(): object {
    return { ...this };
  }

  /** @internal */
  [INSPECT](_depth: number, options: object, inspect?: (value: unknown, options: object) => string): unknown {
    const shown = { ...this, ...(passwords.has(this) ? { password: '[redacted]' } : {}) };
    return inspect === undefined ? shown : `${this.constructor.name} ${inspect(shown, options)}`;
  }
}
