// A pair, and what is said of it to people.

export interface Credential {
  readonly username: string;
  readonly password: string;
  /** Absent where it does not say. */
  readonly expiresAt?: Date | undefined;
  /** Where it came from, in words. */
  readonly from: string;
}
