//! The identities that jobs assume, with the roles they hold.

use futures_util::future;
use pulltoken_core::api::binding_list::Binding;
use pulltoken_core::api::ci_identities::{self, CiIdentity};
use pulltoken_core::api::groups::Group;
use pulltoken_core::api::identity_list;
use pulltoken_core::api::pages::At;
use pulltoken_core::trust::ClaimMatch;
use pulltoken_core::{Ecosystem, Result, Timestamp, Uidp};
use serde::Serialize;

use crate::client::Client;
use crate::create::{Parent, Warning};
use crate::host::Host;
use crate::tokens::{HeldRole, is_older_server};

/// An identity that jobs assume.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CiIdentityInfo {
    /// Its identifier, which a job names with `--identity`.
    pub id: Uidp,
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: String,
    /// What a job's token must say.
    pub claim_match: ClaimMatch,
    /// What its roles open, as far as they are known here.
    pub ecosystems: Vec<Ecosystem>,
    /// Its roles, known or not.
    pub roles: Vec<HeldRole>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When a job last assumed it, if one ever did.
    pub last_seen_at: Option<Timestamp>,
}

/// What a listing found.
#[derive(Clone, Debug)]
pub struct CiIdentityListing {
    /// The identities, in the platform's order.
    pub identities: Vec<CiIdentityInfo>,
    /// What the caller may not see.
    pub warnings: Vec<Warning>,
}

impl<H: Host> Client<H> {
    /// Lists the identities that jobs assume, of one organisation or of every one that the session sees.
    ///
    /// # Errors
    /// `organization_not_found`, `ambiguous_parent`; what the platform or the network answered.
    pub async fn list_ci_identities(&self, parent: Option<&Parent>) -> Result<CiIdentityListing> {
        let me = self.who_am_i();
        let groups = async {
            match parent {
                Some(parent) => self.groups_of(parent).await.map(Some),
                None => Ok(None),
            }
        };
        let (me, groups) = future::try_join(me, groups).await?;
        let organization = match (parent, groups) {
            (Some(parent), Some(groups)) => Some(parent.choose(groups, &me)?),
            _ => None,
        };
        let below = organization.as_ref().map(|group| &group.id);
        let (identities, bindings) = future::try_join(self.all_ci_identities(below), self.all_bindings(below)).await?;
        let may = |capability| below.map_or_else(|| me.may_anywhere(capability), |group| me.may(capability, group));
        let what = match (may("identity.list"), may("role_bindings.list")) {
            (true, true) => None,
            (true, false) => Some("the role bindings: the roles are not shown"),
            (false, _) => Some("the identities: some or all of them are not shown"),
        };
        let warning = |what| Warning { code: "list_narrowed", message: format!("this session may not list {what}") };
        let identities = identities.into_iter().map(|identity| info(identity, &bindings)).collect();
        Ok(CiIdentityListing { identities, warnings: what.map(warning).into_iter().collect() })
    }

    pub(super) async fn all_ci_identities(&self, below: Option<&Uidp>) -> Result<Vec<CiIdentity>> {
        let caller = &self.caller;
        let request = |at: At<'_>| ci_identities::request(caller, below, at);
        let paged = self.pages(&request, ci_identities::parse).await;
        match paged {
            Err(error) if is_older_server(&error) => {
                ci_identities::parse_v1(&self.send(identity_list::request_v1(&self.caller, below)).await?)
            }
            other => other,
        }
    }
}

fn info(identity: CiIdentity, bindings: &[Binding]) -> CiIdentityInfo {
    let held: Vec<_> = bindings.iter().filter(|binding| binding.identity == identity.id.as_str()).collect();
    let ecosystems = Ecosystem::of_roles(held.iter().map(|binding| binding.role_name.as_str()));
    let roles = held.into_iter().map(|binding| HeldRole {
        group: Group { id: binding.group(), name: binding.group_name.clone() },
        role: binding.role_name.clone(),
    });
    CiIdentityInfo {
        ecosystems,
        roles: roles.collect(),
        id: identity.id,
        name: identity.name,
        description: identity.description,
        claim_match: identity.claims,
        created_at: identity.created_at,
        last_seen_at: identity.last_seen_at,
    }
}
