// What each call of a client takes: what the platform is asked, and how the call is followed and stopped.
import type { CallOptions } from '../abort.js';
import type {
  AnyEcosystem,
  CallWarning,
  DeviceCode,
  DeviceSignIn,
  EntitlementFilter,
  HeadlessSignIn,
  NewEntitlement,
  NewPullToken,
  PullTokenChange,
  PullTokenFilter,
  RoleWish,
  Rotation,
  SessionRenewal,
  SignInDoor,
  SweepFilter,
  SweepProgress,
  TokenExchange,
} from '../generated/types.js';
import type { Credentials } from '../values.js';

/** How a call that may have something to remark is followed. */
export interface WarnedCallOptions extends CallOptions {
  /**
   * Called for everything that could not be made sure of. What it throws is thrown by a call that lists; a call that
   * made a token gives it all the same, since its password would be lost otherwise.
   */
  onWarning?: ((warning: CallWarning) => void) | undefined;
}

/** What to make, and how to follow it. */
export interface CreatePullTokenOptions extends NewPullToken, WarnedCallOptions {}
/** What to list. */
export interface ListPullTokensOptions extends PullTokenFilter, WarnedCallOptions {}
/** What to change. */
export interface UpdatePullTokenOptions extends PullTokenChange, CallOptions {}
/** How to delete one token. */
export interface DeletePullTokenOptions extends CallOptions {
  /** Deletes any other identity as well. */
  anyIdentity?: boolean | undefined;
}
/** Which expired tokens to delete, and how to follow it. */
export interface DeleteExpiredPullTokensOptions extends SweepFilter, CallOptions {
  /** Called after each. What it throws stops the sweep and is thrown. */
  onProgress?: ((progress: SweepProgress) => void) | undefined;
}
/** What to replace. */
export interface RotatePullTokenOptions extends Rotation, WarnedCallOptions {}
/** What to open. */
export interface SetRoleOptions extends RoleWish, CallOptions {}
/** Whose entitlements to list. */
export interface ListEntitlementsOptions extends EntitlementFilter, CallOptions {}
/** What to entitle to. */
export interface CreateEntitlementOptions extends NewEntitlement, CallOptions {}
/** What to ask the registry for. */
export interface VerifyAccessOptions extends CallOptions {
  /** What the pair should open. */
  ecosystem: AnyEcosystem;
  /** The pair. */
  credentials: Credentials;
}
/** What to exchange. */
export interface ExchangeTokenOptions extends TokenExchange, CallOptions {}
/** What to renew; a `Session` will do. */
export interface RefreshSessionOptions extends CallOptions {
  /** What renews it. */
  refreshToken: SessionRenewal['refreshToken'] | undefined;
  /** What the session opens; no other can be had. */
  audience: SessionRenewal['audience'];
}
/** How to sign in by a code. */
export interface SignInByDeviceOptions extends DeviceSignIn, CallOptions {
  /** Shows the code to the person. What it throws ends the sign-in and is thrown. */
  onCode: (code: DeviceCode) => void;
}
/** How to sign in by a page on another machine. */
export interface SignInHeadlessOptions extends HeadlessSignIn, SignInDoor, CallOptions {
  /** Shows the page's address to the person. What it throws ends the sign-in and is thrown. */
  onUrl: (url: string) => void;
}
