// Objects that hold secrets and show them only to those who read the field by its name: neither
// JSON.stringify, nor util.inspect (console.log), nor spreading an object takes it along.

const INSPECT = Symbol.for('nodejs.util.inspect.custom');

// Not private fields: with those, a declaration would tell this class apart from its other builds'.
const secrets = new WeakMap<object, Secrets>();

/** What is not shown, by name. */
type Secrets = Readonly<Record<string, string | null | undefined>>;

/** The base of what holds secrets. The other fields are ordinary ones. */
export abstract class Sealed {
  /** @internal */
  protected constructor(fields: object, hidden: Secrets) {
    Object.assign(this, fields);
    secrets.set(this, hidden);
  }

  /** @internal */
  protected read(name: string): string | undefined {
    return secrets.get(this)?.[name] ?? undefined;
  }

  /** The fields without the secrets. */
  toJSON(): object {
    return { ...this };
  }

  /** @internal */
  [INSPECT](_depth: number, options: object, inspect?: (value: unknown, options: object) => string): unknown {
    const shown: Record<string, unknown> = Object.fromEntries(Object.entries(this));
    for (const name of Object.keys(secrets.get(this) ?? {})) {
      if (this.read(name) !== undefined) shown[name] = '[redacted]';
    }
    return inspect === undefined ? shown : `${this.constructor.name} ${inspect(shown, options)}`;
  }
}
