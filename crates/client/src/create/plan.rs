//! Before anything is made: what the platform knows, and why the token could not work.

use std::sync::Arc;

use futures_util::future;
use pulltoken_core::api::entitlements::{self, Entitlement};
use pulltoken_core::api::groups::Group;
use pulltoken_core::api::roles::{self, Role};
use pulltoken_core::api::whoami::WhoAmI;
use pulltoken_core::{Description, Ecosystem, Error, ErrorCode, Result, Uidp};

use super::{NewPullToken, Parent, Warning};
use crate::client::Client;
use crate::host::{BoxFuture, Host};
use crate::together::try_all;

/// All that making the token needs to know.
pub(crate) struct Plan {
    pub(crate) organization: Group,
    pub(crate) grants: Vec<Grant>,
    pub(crate) description: Description,
    pub(crate) warnings: Vec<Warning>,
}

/// A role to bind, and where.
pub(crate) struct Grant {
    pub(crate) at: Uidp,
    pub(crate) role_id: String,
    pub(crate) role_name: String,
}

/// What the platform answers to the questions that need no other answer.
pub(super) struct Known {
    pub(super) me: WhoAmI,
    pub(super) organization: Group,
    /// For each ecosystem.
    roles: Vec<Vec<Role>>,
    /// Asked for already where the organisation's identifier was given.
    entitlements: Option<Readable<Vec<Entitlement>>>,
}

impl<H: Host> Client<H> {
    /// Looks up caller, organisation, roles and, if it can be, entitlements, side by side.
    pub(super) async fn look_up(&self, wanted: &NewPullToken) -> Result<Arc<Known>> {
        let me = self.who_am_i();
        let groups = self.groups_of(&wanted.parent);
        let roles = try_all(wanted.ecosystems.iter().map(|ecosystem| self.roles_of(*ecosystem)));
        let early = async {
            match &wanted.parent {
                Parent::Id(id) => Ok(Some(self.entitlements_of(id).await?)),
                _ => Ok(None),
            }
        };
        let (me, groups, roles, entitlements) = future::try_join4(me, groups, roles, early).await?;
        let organization = wanted.parent.choose(groups, &me)?;
        Ok(Arc::new(Known { me, organization, roles, entitlements }))
    }

    /// Refuses what the platform would refuse half-way.
    pub(super) async fn plan(
        &self,
        wanted: &NewPullToken,
        known: impl Future<Output = Result<Arc<Known>>>,
    ) -> Result<Plan> {
        let known = known.await?;
        let Known { me, organization, roles, entitlements } = &*known;
        let refusal = Refusal {
            me,
            organization,
            ecosystems: &wanted.ecosystems,
            deed: "create pull tokens",
            roles: wanted.ecosystems.iter().map(|ecosystem| ecosystem.creator_role()).collect(),
        };
        refusal.of_capabilities(&["identity.create", "role_bindings.create"])?;
        let roles = refusal.of_roles(roles)?;
        let warnings = match entitlements {
            Some(list) => refusal.of_entitlements(list)?,
            None if refusal.wants_entitlements() => {
                refusal.of_entitlements(&self.entitlements_of(&organization.id).await?)?
            }
            None => Vec::new(),
        };
        let description = wanted.stamp.describe(me);
        let organization = organization.clone();
        let grant = |role: Role| Grant { at: organization.id.clone(), role_id: role.id, role_name: role.name };
        let grants = roles.into_iter().map(grant).collect();
        Ok(Plan { organization, grants, description, warnings })
    }

    pub(crate) fn roles_of(&self, ecosystem: Ecosystem) -> BoxFuture<'_, Result<Vec<Role>>> {
        self.roles_named(ecosystem.role())
    }

    /// The roles of a name, wherever they are.
    pub(crate) fn roles_named(&self, name: &str) -> BoxFuture<'_, Result<Vec<Role>>> {
        let answer = self.send(roles::by_name(&self.caller, name));
        Box::pin(async move { roles::parse(&answer.await?) })
    }

    pub(crate) fn entitlements_of(&self, organization: &Uidp) -> BoxFuture<'_, Result<Readable<Vec<Entitlement>>>> {
        let answer = self.send(entitlements::list(&self.caller, organization));
        Box::pin(async move {
            match entitlements::parse(&answer.await?) {
                Ok(list) => Ok(Readable::Yes(list)),
                Err(error) if error.code() == ErrorCode::PermissionDenied => Ok(Readable::No),
                Err(error) => Err(error),
            }
        })
    }
}

/// A list, unless the caller may not read it.
pub(crate) enum Readable<T> {
    Yes(T),
    No,
}

/// The reasons against it, each with who can do something about it.
pub(crate) struct Refusal<'a> {
    pub(crate) me: &'a WhoAmI,
    pub(crate) organization: &'a Group,
    pub(crate) ecosystems: &'a [Ecosystem],
    /// What the caller wants to do, after "may not".
    pub(crate) deed: &'a str,
    /// The roles that allow it, all together.
    pub(crate) roles: Vec<String>,
}

impl Refusal<'_> {
    pub(crate) fn of_capabilities(&self, needed: &[&str]) -> Result<()> {
        let missing: Vec<_> = needed.iter().copied().filter(|capability| !self.may(capability)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let message =
            format!("this session may not {} in {}: it lacks {}", self.deed, self.shown(), missing.join(" and "));
        Err(Error::new(ErrorCode::CapabilityMissing, message).with_hint(self.ask_for_roles()))
    }

    pub(crate) fn of_roles(&self, found: &[Vec<Role>]) -> Result<Vec<Role>> {
        self.ecosystems.iter().zip(found).map(|(ecosystem, roles)| self.of_role(*ecosystem, roles.clone())).collect()
    }

    /// A binding gives away capabilities, and nobody may give what they do not hold.
    fn of_role(&self, ecosystem: Ecosystem, found: Vec<Role>) -> Result<Role> {
        let name = ecosystem.role();
        let Some(role) = roles::choose(found, name) else {
            if !self.may("roles.list") {
                self.of_capabilities(&["roles.list"])?;
            }
            return Err(Error::new(ErrorCode::RoleNotFound, format!("the platform has no role {name}")));
        };
        let missing: Vec<_> =
            role.capabilities.iter().map(String::as_str).filter(|capability| !self.may(capability)).collect();
        if missing.is_empty() {
            return Ok(role);
        }
        let message = format!(
            "this session may not give {name} in {}: it does not hold {} itself",
            self.shown(),
            missing.join(", ")
        );
        Err(Error::new(ErrorCode::CapabilityMissing, message).with_hint(self.ask_for_roles()))
    }

    pub(crate) fn wants_entitlements(&self) -> bool {
        self.ecosystems.iter().any(|ecosystem| ecosystem.entitlement().is_some())
    }

    pub(crate) fn of_entitlements(&self, list: &Readable<Vec<Entitlement>>) -> Result<Vec<Warning>> {
        if !self.wants_entitlements() {
            return Ok(Vec::new());
        }
        let held = match list {
            Readable::Yes(list) if !list.is_empty() || self.may("libraries.entitlements.list") => list,
            // A list narrows to what the caller may read: an empty one then says nothing.
            _ => {
                let message = format!(
                    "the entitlements of {} may not be read with this session: whether it can pull is not known",
                    self.shown()
                );
                return Ok(vec![Warning { code: "entitlements_unreadable", message }]);
            }
        };
        for ecosystem in self.ecosystems {
            let Some(name) = ecosystem.entitlement() else { continue };
            if !held.iter().any(|one| one.ecosystem.is(name, ecosystem.entitlement_number())) {
                let message = format!("{} has no entitlement for {ecosystem}", self.shown());
                let hint = format!(
                    "an owner can add it: pulltoken entitlements create --ecosystems {ecosystem} --parent {}",
                    self.organization.shown()
                );
                return Err(Error::new(ErrorCode::EntitlementMissing, message).with_hint(hint));
            }
        }
        Ok(Vec::new())
    }

    fn may(&self, capability: &str) -> bool {
        self.me.may(capability, &self.organization.id)
    }

    fn shown(&self) -> String {
        format!("`{}`", self.organization.shown())
    }

    fn ask_for_roles(&self) -> String {
        format!("ask an owner of {} for the role {}", self.shown(), self.roles.join(" and "))
    }
}
