// What is needed of Yarn, as versions 3 and 4 have it alike.
declare module '@yarnpkg/core' {
  /** The running Yarn; `null` for one run from its sources. */
  export const YarnVersion: string | null;

  export interface Configuration {
    get(name: string): unknown;
    /** Where each setting comes from: files, or a word such as `<environment>`; several with commas. */
    readonly sources: ReadonlyMap<string, string>;
  }

  /** Headers of a request on its way out. */
  export type Headers = Record<string, string | undefined>;

  /** A request before it is sent. */
  export interface NetworkRequest {
    target: string | URL;
    body: unknown;
    configuration: Configuration;
    headers?: Headers | undefined;
    jsonRequest?: boolean | undefined;
    jsonResponse?: boolean | undefined;
    method?: string | undefined;
  }

  export interface NetworkAnswer {
    statusCode: number;
    body: unknown;
  }

  /** Sends a request. */
  export type Executor = () => Promise<NetworkAnswer>;

  export const httpUtils: {
    request(target: string | URL, body: unknown, options: Omit<NetworkRequest, 'target' | 'body'>): Promise<NetworkAnswer>;
  };

  export const MessageName: { readonly AUTHENTICATION_INVALID: number; readonly NETWORK_ERROR: number };

  /** An error that Yarn shows without a stack. */
  export class ReportError extends Error {
    constructor(code: number, message: string);
  }
}

