//! Giving a pull token the roles it should have, and taking the other pull roles away.

use pulltoken_core::api::{role_bindings, roles};
use pulltoken_core::{Ecosystem, Error, ErrorCode, Result, Uidp};

use crate::client::Client;
use crate::host::{BoxFuture, Host};
use crate::together::{all, try_all};

/// What changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RoleChange {
    /// Roles that the token got.
    pub added: Vec<String>,
    /// Roles that it lost.
    pub removed: Vec<String>,
}

impl<H: Host> Client<H> {
    /// Binds the pull roles of these ecosystems and takes the other pull roles away, `registry.pull`
    /// among them. New roles come before old ones go, so that the token is never without one.
    ///
    /// # Errors
    /// `capability_missing` and `role_not_found` before anything is changed; `not_found`,
    /// `not_a_pull_token`; what the platform or the network answered.
    pub async fn set_role(&self, id: &Uidp, ecosystems: &[Ecosystem]) -> Result<RoleChange> {
        if ecosystems.is_empty() {
            return Err(Error::new(ErrorCode::EcosystemRequired, "no ecosystem was named"));
        }
        let list: Vec<_> = ecosystems.iter().map(|ecosystem| ecosystem.flag()).collect();
        let command = format!("set-role {id} --repository {}", list.join(","));
        let subject = self.subject(id, &["role_bindings.create", "role_bindings.delete"], &command).await?;
        let Some(parent) = id.parent() else {
            return Err(Error::new(ErrorCode::NotAPullToken, format!("{id} is an organisation or a person")));
        };

        let missing: Vec<_> = ecosystems
            .iter()
            .filter(|ecosystem| !subject.bindings.iter().any(|held| held.role_name == ecosystem.role()))
            .collect();
        let roles = try_all(missing.iter().map(|ecosystem| self.role_to_bind(**ecosystem))).await?;
        for role in &roles {
            if let Some(capability) = role.capabilities.iter().find(|capability| !subject.me.may(capability, &parent)) {
                let message = format!("this session may not give {}: it does not hold {capability} itself", role.name);
                return Err(Error::new(ErrorCode::CapabilityMissing, message)
                    .with_hint(format!("an owner of the organisation can: pulltoken {command}")));
            }
        }
        let mut change = RoleChange::default();
        for role in roles {
            let request = role_bindings::create(&self.caller, &parent, id, &role.id);
            role_bindings::parse_created(&self.send(request).await?, &role.name)?;
            change.added.push(role.name);
        }
        let surplus = subject.bindings.iter().filter(|held| {
            Ecosystem::of_role(&held.role_name).is_some_and(|ecosystem| !ecosystems.contains(&ecosystem))
        });
        let removals = all(surplus.map(|held| -> BoxFuture<'_, Result<String>> {
            let answer = self.send(role_bindings::delete(&self.caller, &held.id));
            Box::pin(async move {
                match role_bindings::parse_deleted(&answer.await?, &held.role_name) {
                    Err(error) if error.code() != ErrorCode::NotFound => Err(error),
                    _ => Ok(held.role_name.clone()),
                }
            })
        }));
        for removed in removals.await {
            change.removed.push(removed?);
        }
        Ok(change)
    }

    fn role_to_bind(&self, ecosystem: Ecosystem) -> BoxFuture<'_, Result<roles::Role>> {
        let name = ecosystem.role();
        let found = self.roles_of(ecosystem);
        Box::pin(async move {
            roles::choose(found.await?, name)
                .ok_or_else(|| Error::new(ErrorCode::RoleNotFound, format!("the platform has no role {name}")))
        })
    }
}
