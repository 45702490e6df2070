// What every entry point exports for calls to the platform.
export type { AbortSignalLike, CallOptions } from './abort.js';
export { Client } from './client.js';
export type {
  CreateEntitlementOptions,
  CreatePullTokenOptions,
  DeleteExpiredPullTokensOptions,
  DeletePullTokenOptions,
  ExchangeTokenOptions,
  ListEntitlementsOptions,
  ListPullTokensOptions,
  RefreshSessionOptions,
  RotatePullTokenOptions,
  SetRoleOptions,
  SignInByDeviceOptions,
  SignInHeadlessOptions,
  UpdatePullTokenOptions,
  VerifyAccessOptions,
  WarnedCallOptions,
} from './client/call-options.js';
export type { ClientOptions, FetchResponse } from './options.js';
export { PullToken } from './pull-token.js';
export { Session } from './session.js';
export { beginSignIn, BegunSignIn, finishSignIn } from './sign-in.js';
export type { BeginSignInOptions, FinishSignInOptions } from './sign-in.js';
