// A host for tests of views: keeps everything in memory, and a sign-in is whatever the test says.
import type { Host, Session, Settings, SignIn } from './host';
import { DEFAULTS } from './places';

/** What a test starts from, and what it makes of a sign-in. */
export interface MemoryOptions {
  settings?: Partial<Settings>;
  session?: Session;
  organization?: string;
  signIn?: (way: SignIn, signal?: AbortSignal) => Promise<Session>;
}

export class MemoryHost implements Host {
  /** Everything that was copied, oldest first. */
  readonly copied: string[] = [];
  readonly #listeners = new Set<(session: Session | undefined) => void>();
  readonly #organization: string | undefined;
  readonly #signIn: (way: SignIn, signal?: AbortSignal) => Promise<Session>;
  #settings: Settings;
  #session: Session | undefined;

  constructor({ settings, session, organization, signIn = takeToken }: MemoryOptions = {}) {
    this.#settings = { ...DEFAULTS, ...settings };
    this.#session = session;
    this.#organization = organization;
    this.#signIn = signIn;
  }

  async settings(): Promise<Settings> {
    return this.#settings;
  }

  async saveSettings(settings: Settings): Promise<void> {
    this.#settings = settings;
  }

  async session(): Promise<Session | undefined> {
    return this.#session;
  }

  onSession(listener: (session: Session | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async signIn(way: SignIn, signal?: AbortSignal): Promise<Session> {
    const session = await this.#signIn(way, signal);
    this.#change(session);
    return session;
  }

  async unconfirmed(): Promise<string | undefined> {
    return undefined;
  }

  async confirm(): Promise<void> {}

  async signOut(): Promise<void> {
    this.#change(undefined);
  }

  async copy(text: string): Promise<void> {
    this.copied.push(text);
  }

  async organization(): Promise<string | undefined> {
    return this.#organization;
  }

  #change(session: Session | undefined): void {
    this.#session = session;
    for (const listener of this.#listeners) listener(session);
  }
}

async function takeToken(way: SignIn): Promise<Session> {
  if (way.kind !== 'token') throw new Error(`this test does not say what signing in by ${way.kind} does`);
  return { token: way.token };
}
