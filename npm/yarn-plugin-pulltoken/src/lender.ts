// Who lends: it keeps a credential until it is about to expire, and gives it to the registry's URLs alone.
import type { Credential } from './credential.ts';
import { find } from './find.ts';
import { header } from './core.ts';

const REGISTRY = 'https://libraries.cgr.dev';
/** Clocks differ, and a request takes a while: what ends within this time is renewed first. */
const MARGIN = 60_000;

/** What a request gets: the header, or why there is none. */
export interface Loan {
  header?: string | undefined;
  credential?: Credential | undefined;
  reason?: string | undefined;
}

export class Lender {
  #current: Credential | undefined;
  #finding: Promise<Credential> | undefined;
  /** Every header that was ever lent. A renewed one leaves its forerunner to requests under way. */
  readonly #lent = new Set<string>();

  constructor(
    private readonly findOne: () => Promise<Credential> = find,
    private readonly registry: string = process.env['PULLTOKEN_REGISTRY'] || REGISTRY,
  ) {}

  /** Whether a URL is on the registry's host and port at all. Cheap: most installs go elsewhere. */
  isForRegistry(url: string): boolean {
    return URL.canParse(url) && URL.canParse(this.registry) && new URL(url).origin === new URL(this.registry).origin;
  }

  /** The header for a URL; none outside of the ecosystem's paths. Never fails. */
  async lend(url: string): Promise<Loan> {
    try {
      const credential = await this.#fresh();
      const value = header(url, credential, this.registry);
      if (value !== undefined) this.#lent.add(value);
      return { header: value, credential };
    } catch (error) {
      return { reason: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Whether a header is one of ours. */
  isOurs(value: unknown): boolean {
    return typeof value === 'string' && this.#lent.has(value);
  }

  /** Whether a header of ours may go to a URL. */
  allows(url: string): boolean {
    if (!this.isForRegistry(url) || this.#current === undefined) return false;
    try {
      return header(url, this.#current, this.registry) !== undefined;
    } catch {
      return false;
    }
  }

  #fresh(): Promise<Credential> {
    const { expiresAt } = this.#current ?? {};
    if (this.#current !== undefined && (expiresAt === undefined || expiresAt - Date.now() > MARGIN)) {
      return Promise.resolve(this.#current);
    }
    // Dozens of requests begin at once: one of them asks.
    this.#finding ??= this.findOne()
      .then((found) => (this.#current = found))
      .finally(() => (this.#finding = undefined));
    return this.#finding;
  }
}
