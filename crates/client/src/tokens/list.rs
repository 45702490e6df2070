//! Listing pull tokens: all pages of identities and of role bindings, side by side, joined here.

use std::collections::HashMap;

use futures_util::future;
use pulltoken_core::api::binding_list::{self, Binding};
use pulltoken_core::api::groups::{self, Group};
use pulltoken_core::api::identity_list::{self, StaticIdentity};
use pulltoken_core::api::pages::At;
use pulltoken_core::api::whoami::WhoAmI;
use pulltoken_core::{Ecosystem, Error, ErrorCode, Result, Timestamp, Uidp};
use serde::Serialize;

use crate::client::Client;
use crate::create::{Parent, Warning};
use crate::host::{BoxFuture, Host};

/// Which tokens to list.
#[derive(Clone, Debug)]
pub struct ListFilter {
    /// Of this organisation; of every one that the session sees if `None`.
    pub parent: Option<Parent>,
    /// That open this ecosystem.
    pub ecosystem: Option<Ecosystem>,
    /// Valid ones, expired ones, or both.
    pub which: Which,
    /// That expire within so many seconds.
    pub expiring_within_seconds: Option<i64>,
}

/// A choice by expiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Those that still work.
    Valid,
    /// Those that do not.
    Expired,
    /// Both.
    All,
}

/// A pull token as the platform knows it. Its password is known to nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct PullTokenInfo {
    /// The identity: its username.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub id: Uidp,
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: String,
    /// What its roles open, as far as they are known here.
    pub ecosystems: Vec<Ecosystem>,
    /// Its roles, known or not.
    pub roles: Vec<HeldRole>,
    /// When it was made.
    #[cfg_attr(feature = "ts", ts(type = "Date | null"))]
    pub created_at: Option<Timestamp>,
    /// When it expires.
    #[cfg_attr(feature = "ts", ts(type = "Date | null"))]
    pub expires_at: Option<Timestamp>,
    /// When it was last exchanged for a session, if ever.
    #[cfg_attr(feature = "ts", ts(type = "Date | null"))]
    pub last_seen_at: Option<Timestamp>,
    /// Whether its time is over.
    pub expired: bool,
}

/// A role, and where it is held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct HeldRole {
    /// The group at which it is held.
    pub group: Group,
    /// Its name.
    pub role: String,
}

/// What a listing found.
#[derive(Clone, Debug)]
pub struct Listing {
    /// The tokens, in the platform's order.
    pub tokens: Vec<PullTokenInfo>,
    /// Valid or expired ones that the filter left out.
    pub hidden: usize,
    /// The organisation, where one was named.
    pub organization: Option<Group>,
    /// What the caller may not see.
    pub warnings: Vec<Warning>,
}

impl<H: Host> Client<H> {
    /// Lists pull tokens: as many requests as there are pages, and two more.
    ///
    /// # Errors
    /// `organization_not_found`, `ambiguous_parent`; what the platform or the network answered.
    pub async fn list_pull_tokens(&self, filter: &ListFilter) -> Result<Listing> {
        let me = self.who_am_i();
        let (me, organization, identities, bindings) = match &filter.parent {
            // The identifier is known: nothing waits for the organisation's name.
            Some(parent @ Parent::Id(id)) => {
                let (me, groups, identities, bindings) = future::try_join4(
                    me,
                    self.groups_of(parent),
                    self.all_identities(Some(id)),
                    self.all_bindings(Some(id)),
                )
                .await?;
                let organization = parent.choose(groups, &me)?;
                (me, Some(organization), identities, bindings)
            }
            Some(parent) => {
                let (me, groups) = future::try_join(me, self.groups_of(parent)).await?;
                let organization = parent.choose(groups, &me)?;
                let below = Some(&organization.id);
                let (identities, bindings) =
                    future::try_join(self.all_identities(below), self.all_bindings(below)).await?;
                (me, Some(organization), identities, bindings)
            }
            None => {
                let (me, identities, bindings) =
                    future::try_join3(me, self.all_identities(None), self.all_bindings(None)).await?;
                (me, None, identities, bindings)
            }
        };
        let warnings = narrowed(&me, organization.as_ref());
        let (tokens, hidden) = join(identities, bindings, filter, self.host.now());
        Ok(Listing { tokens, hidden, organization, warnings })
    }

    pub(crate) fn groups_of(&self, parent: &Parent) -> BoxFuture<'_, Result<Vec<Group>>> {
        let answer = self.send(parent.request(&self.caller));
        Box::pin(async move { groups::parse(&answer.await?) })
    }

    pub(crate) fn all_identities<'a>(&'a self, below: Option<&'a Uidp>) -> BoxFuture<'a, Result<Vec<StaticIdentity>>> {
        Box::pin(async move {
            let caller = &self.caller;
            let request = |at: At<'_>| identity_list::request(caller, below, at);
            match self.pages(&request, identity_list::parse).await {
                Err(error) if is_older_server(&error) => {
                    identity_list::parse_v1(&self.send(identity_list::request_v1(&self.caller, below)).await?)
                }
                other => other,
            }
        })
    }

    pub(crate) fn all_bindings<'a>(&'a self, below: Option<&'a Uidp>) -> BoxFuture<'a, Result<Vec<Binding>>> {
        Box::pin(async move {
            let caller = &self.caller;
            let request = |at: At<'_>| binding_list::request(caller, below, at);
            match self.pages(&request, binding_list::parse).await {
                Err(error) if is_older_server(&error) => {
                    binding_list::parse_v1(&self.send(binding_list::request_v1(&self.caller, below)).await?)
                }
                other => other,
            }
        })
    }
}

/// A server without v2 answers its paths with 404 or 501.
pub(crate) fn is_older_server(error: &Error) -> bool {
    matches!(error.code(), ErrorCode::NotFound | ErrorCode::Unimplemented)
}

/// Lists are not refused, they leave out what the caller may not see.
fn narrowed(me: &WhoAmI, organization: Option<&Group>) -> Vec<Warning> {
    let may = |capability: &str| {
        organization.map_or_else(|| me.may_anywhere(capability), |group| me.may(capability, &group.id))
    };
    let place = organization.map(|group| format!(" of `{}`", group.shown())).unwrap_or_default();
    let mut warnings = Vec::new();
    if !may("identity.list") {
        let message = format!("this session may not list the pull tokens{place}: some or all of them are not shown");
        warnings.push(Warning { code: "list_narrowed", message });
    } else if !may("role_bindings.list") {
        let message = format!("this session may not list the role bindings{place}: the roles are not shown");
        warnings.push(Warning { code: "list_narrowed", message });
    }
    warnings
}

/// Puts the bindings to their identities and applies the filter.
fn join(
    identities: Vec<StaticIdentity>,
    bindings: Vec<Binding>,
    filter: &ListFilter,
    now: Timestamp,
) -> (Vec<PullTokenInfo>, usize) {
    let mut held: HashMap<String, Vec<Binding>> = HashMap::new();
    for binding in bindings {
        held.entry(binding.identity.clone()).or_default().push(binding);
    }
    let mut hidden = 0;
    let tokens = identities.into_iter().filter(StaticIdentity::is_pull_token).filter_map(|identity| {
        let roles = held.remove(identity.id.as_str()).unwrap_or_default();
        let token = info(identity, roles, now);
        if filter.ecosystem.is_some_and(|wanted| !token.ecosystems.contains(&wanted)) {
            return None;
        }
        let by_expiry = match filter.which {
            Which::Valid => !token.expired,
            Which::Expired => token.expired,
            Which::All => true,
        };
        if !by_expiry {
            hidden += 1;
            return None;
        }
        let within = filter.expiring_within_seconds;
        let soon = within.is_none_or(|limit| token.expires_at.is_some_and(|end| end.seconds_since(now) <= limit));
        soon.then_some(token)
    });
    (tokens.collect(), hidden)
}

pub(crate) fn info(identity: StaticIdentity, bindings: Vec<Binding>, now: Timestamp) -> PullTokenInfo {
    let ecosystems = Ecosystem::of_roles(bindings.iter().map(|binding| binding.role_name.as_str()));
    let roles = bindings.into_iter().map(|binding| HeldRole {
        group: Group { id: binding.group(), name: binding.group_name },
        role: binding.role_name,
    });
    PullTokenInfo {
        expired: identity.has_expired(now),
        ecosystems,
        roles: roles.collect(),
        id: identity.id,
        name: identity.name,
        description: identity.description,
        created_at: identity.created_at,
        expires_at: identity.expires_at,
        last_seen_at: identity.last_seen_at,
    }
}
