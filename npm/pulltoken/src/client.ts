// A client of the platform: the calls and their errors.
import { type CallOptions, signalOf } from './abort.js';
import { type FoundSweep, info, type Made, swept, token, warn } from './client/answers.js';
import { asked, call, enrol, required } from './client/call.js';
import type {
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
} from './client/call-options.js';
import { PullTokenError } from './error.js';
import type {
  AccessReport,
  CallWarning,
  DeviceCode,
  Entitlement,
  Group,
  PullTokenInfo,
  RoleChange,
  SweepProgress,
  SweepReport,
  WhoAmI,
} from './generated/types.js';
import type { ClientOptions } from './options.js';
import type { PullToken } from './pull-token.js';
import { opened, type Session, sessions } from './session.js';
import { surroundings } from './surroundings.js';
import { pair, revive, time, type Wire } from './values.js';

/**
 * Calls the platform for one session, over connections that are kept. Every call may be stopped by `signal` and
 * throws nothing but `PullTokenError`s: beside those that it names, `not_signed_in`, `session_expired` and
 * `session_unusable`; what the platform or the network answered, such as `unauthenticated`, `permission_denied`,
 * `rate_limited`, `server_error`, `network`, `tls` and `timeout`; `usage` for arguments of the wrong kind; and
 * `interrupted`, whose cause is the signal's reason.
 */
export class Client {
  constructor(options: ClientOptions = {}) {
    enrol(this, options);
  }

  /** Who the session belongs to, and what it may do where. */
  async whoami(options: CallOptions = {}): Promise<WhoAmI> {
    return revive<WhoAmI>(await call(this, 'whoami', {}, options), 'expiresAt');
  }

  /** The organisations that the session sees. */
  async organizations(options: CallOptions = {}): Promise<Group[]> {
    return call(this, 'organizations', {}, options);
  }

  /**
   * Makes a pull token: an identity with a key of its own, and a role binding for each ecosystem. Where a step
   * fails, or `signal` aborts, what was made is deleted again.
   *
   * @throws {PullTokenError} before anything is made: `capability_missing`, `entitlement_missing`,
   *   `organization_not_found`, `parent_required`, `ambiguous_parent`, `role_not_found`, `ecosystem_required`,
   *   `unknown_ecosystem`, `invalid_ttl`, `ttl_out_of_range`, `invalid_name`, `invalid_description`;
   *   `ttl_exceeds_plan`; `rollback_failed` names what is left
   */
  async createPullToken(options: CreatePullTokenOptions): Promise<PullToken> {
    const args = { ...asked(options), place: surroundings().place() };
    return token(await call<Made>(this, 'createPullToken', args, options), options);
  }

  /**
   * Lists pull tokens: the valid ones, unless `expired` says otherwise. What the session may not see is left out,
   * and said in a warning.
   *
   * @throws {PullTokenError} `organization_not_found`, `ambiguous_parent`, `unknown_ecosystem`
   */
  async listPullTokens(options: ListPullTokensOptions = {}): Promise<PullTokenInfo[]> {
    type Listed = { tokens: Wire<PullTokenInfo>[]; warnings: CallWarning[] };
    const { tokens, warnings } = await call<Listed>(this, 'listPullTokens', asked(options), options);
    warn(options, warnings);
    return tokens.map(info);
  }

  /**
   * Changes name and description; expiry, key and roles stay.
   *
   * @throws {PullTokenError} before anything is changed: `capability_missing`, `not_found`, `not_a_pull_token`,
   *   `invalid_uidp`, `invalid_name`, `invalid_description`
   */
  async updatePullToken(options: UpdatePullTokenOptions): Promise<void> {
    await call<null>(this, 'updatePullToken', asked(options), options);
  }

  /**
   * Deletes a pull token, and with it its roles.
   *
   * @throws {PullTokenError} before anything is deleted: `capability_missing`, `not_found`, `not_a_pull_token`,
   *   `invalid_uidp`
   */
  async deletePullToken(id: string, options: DeletePullTokenOptions = {}): Promise<void> {
    await call<null>(this, 'deletePullToken', { ...asked(options), id }, options);
  }

  /**
   * Deletes the expired pull tokens of an organisation, several at a time. One that cannot be deleted is reported
   * and does not stop the others.
   *
   * @throws {PullTokenError} `organization_not_found`, `ambiguous_parent`, `capability_missing` before anything is
   *   deleted; `unauthenticated` where the session ends and `interrupted` where `signal` aborts in the middle:
   *   then `sweep` of the error is the report so far
   */
  async deleteExpiredPullTokens(options: DeleteExpiredPullTokensOptions): Promise<SweepReport> {
    const name = 'deleteExpiredPullTokens';
    const told = typeof options?.onProgress === 'function' ? options.onProgress : undefined;
    let seen = 0;
    const listener = (progress: SweepProgress): void => {
      seen = progress.done;
      told?.(progress);
    };
    // An invalid date is `null` in JSON, and would ask for more than was meant.
    time(name, 'unusedSince', options?.unusedSince);
    const found = await call<FoundSweep>(this, name, asked(options), options, told && listener);
    const { report, stopped: why } = swept(found);
    const done = report.deleted.length + report.failed.length;
    // The native module's last word may come after its result.
    if (seen < done) told?.({ done, total: report.found.length });
    if (why !== undefined) throw new PullTokenError(why, signalOf(name, options)?.reason, report);
    return report;
  }

  /**
   * Makes a token of the same name, description, roles and organisation, exchanges it once to see that it works,
   * and then takes the old one away. `replaced` of the new one says what became of the old one.
   *
   * @throws {PullTokenError} with the old token untouched: those of `createPullToken`, `not_found`,
   *   `not_a_pull_token`, `rotation_unverified`
   */
  async rotatePullToken(options: RotatePullTokenOptions): Promise<PullToken> {
    return token(await call<Made>(this, 'rotatePullToken', asked(options), options), options);
  }

  /**
   * Gives a pull token the roles of these ecosystems and takes its other pull roles away; it is never without one.
   *
   * @throws {PullTokenError} before anything is changed: `capability_missing`, `role_not_found`, `not_found`,
   *   `not_a_pull_token`, `ecosystem_required`, `unknown_ecosystem`
   */
  async setRole(options: SetRoleOptions): Promise<RoleChange> {
    return call(this, 'setRole', asked(options), options);
  }

  /**
   * What an organisation is entitled to.
   *
   * @throws {PullTokenError} `organization_not_found`, `ambiguous_parent`, `parent_required`, `capability_missing`
   */
  async listEntitlements(options: ListEntitlementsOptions = {}): Promise<Entitlement[]> {
    return call(this, 'listEntitlements', asked(options), options);
  }

  /**
   * Entitles an organisation to an ecosystem.
   *
   * @throws {PullTokenError} `capability_missing`, `already_exists`, `unknown_ecosystem`, those of
   *   `listEntitlements`
   */
  async createEntitlement(options: CreateEntitlementOptions): Promise<Entitlement> {
    return call(this, 'createEntitlement', asked(options), options);
  }

  /**
   * Takes an entitlement away.
   *
   * @throws {PullTokenError} `not_found`, `permission_denied`, `invalid_uidp`
   */
  async deleteEntitlement(id: string, options: CallOptions = {}): Promise<void> {
    await call<null>(this, 'deleteEntitlement', { id }, options);
  }

  /**
   * Asks the registry whether a pair opens an ecosystem, and explains its no. Needs no session.
   *
   * @throws {PullTokenError} `usage` for an ecosystem that another registry serves; what says nothing of the pair,
   *   such as `network`, `rate_limited` and `server_error`
   */
  async verifyAccess(options: VerifyAccessOptions): Promise<AccessReport> {
    const args = { ecosystem: options?.ecosystem, credentials: pair(options?.credentials) };
    return call(this, 'verifyAccess', args, options);
  }

  /**
   * Exchanges a token of somebody whom the issuer trusts, such as a CI job's own, for a session per audience, in the
   * order of `audiences`. The client's own session is not used, here and in the four calls that follow.
   *
   * @throws {PullTokenError} `sign_in_refused` where the issuer does not trust it, `invalid_uidp`
   */
  async exchangeToken(options: ExchangeTokenOptions): Promise<Session[]> {
    return sessions(await call(this, 'exchangeToken', asked(options), options));
  }

  /**
   * Renews a session, which is dead afterwards: its refresh token works once. A `Session` may be given as it is.
   *
   * @throws {PullTokenError} `session_expired` where the refresh token was used before, or has ended
   */
  async refreshSession(options: RefreshSessionOptions): Promise<Session> {
    // By name: those of a Session are not its own properties.
    const args = { refreshToken: options?.refreshToken, audience: options?.audience };
    return opened(await call(this, 'refreshSession', args, options));
  }

  /**
   * Signs a person in who types a code into a page on any machine (RFC 8628), and waits for as long as the code is
   * good. Gives a session per audience, in the order of `audiences`.
   *
   * @throws {PullTokenError} `sign_in_refused` where the person denies it or the code expires; what `onCode` throws
   */
  async signInByDevice(options: SignInByDeviceOptions): Promise<Session[]> {
    const name = 'signInByDevice';
    const onCode = required(name, 'onCode', options);
    return sessions(await call(this, name, asked(options), options, (code: DeviceCode) => onCode(code)));
  }

  /**
   * Signs a person in who opens a page in a browser on any machine, for up to five minutes. What the issuer leaves
   * can be read here alone. Gives a session per audience, in the order of `audiences`. Not in `pulltoken/web/core`.
   *
   * @throws {PullTokenError} `sign_in_refused`, `organization_not_found`, `invalid_uidp`; what `onUrl` throws
   */
  async signInHeadless(options: SignInHeadlessOptions): Promise<Session[]> {
    const name = 'signInHeadless';
    const onUrl = required(name, 'onUrl', options);
    return sessions(await call(this, name, asked(options), options, ({ url }: { url: string }) => onUrl(url)));
  }

  /**
   * Makes sure that a verified organisation bears this name: only then does `orgName` choose its identity provider.
   *
   * @throws {PullTokenError} `organization_not_found`
   */
  async checkOrganization(name: string, options: CallOptions = {}): Promise<void> {
    await call<null>(this, 'checkOrganization', { name }, options);
  }
}
