// What a view may ask of where it runs: an extension's page, an ordinary page, or a test.

/** Where the platform is: four origins, each without a trailing slash. */
export interface Places {
  api: string;
  issuer: string;
  registry: string;
  console: string;
}

/** What the options page is for. Holds no secret. */
export interface Settings extends Places {
  /** A token that ends within so many days is said to expire soon; 1 to 90. */
  expiringDays: number;
  /** Whether a token that comes within these days is announced, once. */
  notify: boolean;
  /** The OIDC provider for signing in by code, where an issuer refuses the extension's redirect. */
  device?: { provider: string; clientId: string };
}

/** A session of the platform's API. It lives no longer than the browser, and is never written to disk. */
export interface Session {
  readonly token: string;
  readonly expiresAt?: Date;
}

/** What a person types in at the provider's page, and where that page is. */
export interface DeviceCode {
  url: string;
  userCode: string;
  expiresAt: Date;
}

/** How to sign in. */
export type SignIn =
  | { kind: 'browser' }
  | { kind: 'device'; onCode(code: DeviceCode): void }
  | { kind: 'token'; token: string };

/** The surroundings of a view. Whatever fails is a `PullTokenError`. */
export interface Host {
  settings(): Promise<Settings>;
  /** Keeps settings. Where they name other places than before, the session of the old ones is forgotten. */
  saveSettings(settings: Settings): Promise<void>;

  /** The session, if there is one and it has not ended. */
  session(): Promise<Session | undefined>;
  /** Calls `listener` whenever the session changes, in whichever window it does; gives what ends that. */
  onSession(listener: (session: Session | undefined) => void): () => void;
  signIn(way: SignIn, signal?: AbortSignal): Promise<Session>;
  /**
   * Whose session a browser brought without the nonce that it was sent with. Any page may have sent it: nothing is done
   * with the session before the person has said that this is who they are.
   */
  unconfirmed(): Promise<string | undefined>;
  /** What the person said of it. */
  confirm(isThem: boolean): Promise<void>;
  /** Forgets everything but the settings. */
  signOut(): Promise<void>;

  /** Puts a secret on the clipboard, and takes it off a minute later if it is still there. */
  copy(text: string): Promise<void>;
  /** The organisation whose page of the console this was opened from: its name, or its UIDP where the address has that. */
  organization(): Promise<string | undefined>;
}
