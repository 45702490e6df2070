// What every entry point exports for calls to the platform.
export type { AbortSignalLike, CallOptions } from './abort.js';
export { Client } from './client.js';
export type {
  CreateEntitlementOptions,
  CreatePullTokenOptions,
  DeleteExpiredPullTokensOptions,
  DeletePullTokenOptions,
  ListEntitlementsOptions,
  ListPullTokensOptions,
  RotatePullTokenOptions,
  SetRoleOptions,
  UpdatePullTokenOptions,
  VerifyAccessOptions,
  WarnedCallOptions,
} from './client.js';
export type { ClientOptions, FetchResponse } from './options.js';
export { PullToken } from './pull-token.js';
