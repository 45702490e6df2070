// A credential for the registry's URLs, for tools that have an HTTP client of their own.
import { authorizationHeader } from './api.js';
import { type FoundCredentials, getCredentials, type GetCredentialsOptions } from './credentials.js';
import { PullTokenError } from './error.js';
import type { AnyEcosystem, EcosystemInfo } from './generated/types.js';
import { Keeper } from './keeper.js';
import { type Agent, lending } from './registry-auth/agent.js';
import { type Fetch, following } from './registry-auth/fetch.js';
import { type Dispatch, intercepting } from './registry-auth/undici.js';
import { call } from './raw.js';
import { surroundings } from './surroundings.js';

/** What `getCredentials` takes, and which registry it is for. */
export interface RegistryAuthOptions extends Omit<GetCredentialsOptions, 'signal'> {
  /** The libraries registry's URL; `PULLTOKEN_REGISTRY`, else `https://libraries.cgr.dev`, if absent. */
  registry?: string | undefined;
}

/** How npm's own packages reach the registry. */
export interface NpmOptions<A> {
  /** The repository's URL. */
  readonly registry: string;
  /** Adds the credential to requests for the registry, and to no other; it holds none itself that could be printed. */
  readonly agent: A;
}

/** Lends the credential to requests: to the registry's scheme, host and port and the ecosystem's paths alone. */
export interface RegistryAuth {
  /** The repository's URL, such as `https://libraries.cgr.dev/javascript/`. */
  readonly registry: string;
  /**
   * The value of `Authorization` for a URL; `undefined` where the credential must not go. Renewed when it is about to
   * end, so ask for each request.
   *
   * @throws {PullTokenError} those of `getCredentials` and `authorizationHeader`
   */
  header(url: string | { readonly href: string }): Promise<string | undefined>;
  /** The global `fetch` with that header. Redirects of GET and HEAD are followed, each with what its own URL may have. */
  readonly fetch: Fetch;
  /**
   * Options for `npm-registry-fetch`, `pacote` and what is built on them. They stay good, but ask for them before each
   * piece of work, since only this can wait for a renewal.
   *
   * @param options.agent what gives the agent for a URL, where Node's own would not do: behind a proxy before Node 24
   * @throws {PullTokenError} those of `getCredentials`
   */
  npmOptions<A = unknown>(options?: { agent?: ((url: string) => Agent) | undefined }): Promise<NpmOptions<A>>;
  /** An interceptor for `compose` of undici's dispatchers. Put in before that of redirects, it sees each of them. */
  interceptor<D extends Dispatch>(dispatch: D): D;
}

/**
 * A credential for tools: looked for when it is first needed, kept, and renewed when it is about to end.
 *
 * @throws {PullTokenError} `unknown_ecosystem`, `invalid_url`, `insecure_url`
 */
export function createRegistryAuth(options: RegistryAuthOptions = {}): RegistryAuth {
  const base = options.registry ?? surroundings().variable('PULLTOKEN_REGISTRY');
  const ecosystem: AnyEcosystem = options.ecosystem ?? 'javascript';
  const repository = repositoryOf(base, ecosystem);
  const { origin } = new URL(repository);
  const keeper = new Keeper<FoundCredentials>(() => getCredentials(options));

  const headerOf = (url: string, credentials: FoundCredentials): string | undefined =>
    authorizationHeader(url, credentials, { ecosystem, registry: base });
  const isForRegistry = (url: string): boolean => URL.canParse(url) && new URL(url).origin === origin;

  const header = async (url: string | { readonly href: string }): Promise<string | undefined> => {
    const text = typeof url === 'string' ? url : url.href;
    // Nothing is looked for on behalf of others.
    return isForRegistry(text) ? headerOf(text, await keeper.get()) : undefined;
  };
  const headerNow = (url: string): string | undefined => {
    if (!isForRegistry(url)) return undefined;
    // Whoever waits for it learns why it failed; here nobody does.
    if (!keeper.isFresh) keeper.get().catch(() => {});
    return keeper.last === undefined ? undefined : headerOf(url, keeper.last);
  };

  return {
    registry: repository,
    header,
    fetch: following(header),
    async npmOptions<A>({ agent }: { agent?: ((url: string) => Agent) | undefined } = {}): Promise<NpmOptions<A>> {
      await keeper.get();
      // Its type is that of whoever takes it: no types of Node are at hand here.
      return { registry: repository, agent: lending(headerNow, agent) as A };
    },
    interceptor: intercepting(isForRegistry, header),
  };
}

function repositoryOf(registry: string | undefined, ecosystem: AnyEcosystem): string {
  const wanted = ecosystem.toLowerCase().replaceAll('-', '_');
  const known = call<EcosystemInfo[]>('ecosystems', { registry });
  const url = known.find((one) => one.ecosystem === wanted)?.repositoryUrls[0];
  if (url !== undefined) return url;
  const message = `createRegistryAuth: \`${ecosystem.slice(0, 40)}\` is no ecosystem of the libraries registry`;
  throw new PullTokenError({ code: 'unknown_ecosystem', message, hint: 'leave it out for javascript' });
}
