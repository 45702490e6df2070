// Objects that hold a password and show it only to those who read the field by its name: neither
// JSON.stringify, nor util.inspect (console.log), nor spreading an object takes it along.

const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/** The base of what holds a password. The other fields are ordinary ones. */
export abstract class Sealed {
  #password: string | undefined;

  /** @internal */
  protected constructor(fields: object, password: string | undefined) {
    Object.assign(this, fields);
    this.#password = password;
  }

  /** @internal */
  protected read(): string | undefined {
    return this.#password;
  }

  /** The fields without the password. */
  toJSON(): object {
    return { ...this };
  }

  /** @internal */
  [INSPECT](_depth: number, options: object, inspect?: (value: unknown, options: object) => string): unknown {
    const shown = { ...this, ...(this.#password === undefined ? {} : { password: "[redacted]" }) };
    return inspect === undefined ? shown : `${this.constructor.name} ${inspect(shown, options)}`;
  }
}
