// A pair, and what is said of it to people.

export interface Credential {
  readonly username: string;
  readonly password: string;
  /** In milliseconds since 1970; absent where it does not say. */
  readonly expiresAt?: number | undefined;
  /** Where it came from, in words. */
  readonly from: string;
}
