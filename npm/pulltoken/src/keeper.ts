// Keeping a credential until shortly before its end.

/** Clocks differ, and a request takes a while: what ends within this time is renewed first. In milliseconds. */
const MARGIN = 60_000;

/** Holds what was found, and finds it anew when it is about to end; many who ask at once ask once. */
export class Keeper<T extends { readonly expiresAt?: Date | null | undefined }> {
  private current: T | undefined;
  private finding: Promise<T> | undefined;

  constructor(private readonly find: () => Promise<T>) {}

  /** What was found last, however old. */
  get last(): T | undefined {
    return this.current;
  }

  /** Whether that is good for a while yet. */
  get isFresh(): boolean {
    if (this.current === undefined) return false;
    const { expiresAt } = this.current;
    return expiresAt === undefined || expiresAt === null || expiresAt.getTime() - Date.now() > MARGIN;
  }

  /** One that is good for a while. Fails as finding it does, and the next call tries again. */
  get(): Promise<T> {
    if (this.current !== undefined && this.isFresh) return Promise.resolve(this.current);
    this.finding ??= this.find()
      .then((found) => (this.current = found))
      .finally(() => (this.finding = undefined));
    return this.finding;
  }
}
