// Who lends: it keeps a credential until it is about to expire, and gives it to the registry's URLs alone.
import { Keeper } from '../../pulltoken/src/keeper.ts';
import type { Credential } from './credential.ts';
import { find } from './find.ts';
import { header } from './core.ts';

const REGISTRY = 'https://libraries.cgr.dev';

/** What a request gets: the header, or why there is none. */
export interface Loan {
  header?: string | undefined;
  credential?: Credential | undefined;
  reason?: string | undefined;
}

export class Lender {
  readonly #keeper: Keeper<Credential>;
  /** Every header that was ever lent. A renewed one leaves its forerunner to requests under way. */
  readonly #lent = new Set<string>();

  constructor(
    findOne: () => Promise<Credential> = find,
    private readonly registry: string = process.env['PULLTOKEN_REGISTRY'] || REGISTRY,
  ) {
    this.#keeper = new Keeper(findOne);
  }

  /** Whether a URL is on the registry's host and port at all. Cheap: most installs go elsewhere. */
  isForRegistry(url: string): boolean {
    return URL.canParse(url) && URL.canParse(this.registry) && new URL(url).origin === new URL(this.registry).origin;
  }

  /** The header for a URL; none outside of the ecosystem's paths. Never fails. */
  async lend(url: string): Promise<Loan> {
    try {
      const credential = await this.#keeper.get();
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
    const { last } = this.#keeper;
    if (!this.isForRegistry(url) || last === undefined) return false;
    try {
      return header(url, last, this.registry) !== undefined;
    } catch {
      return false;
    }
  }
}
