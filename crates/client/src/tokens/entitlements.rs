//! Which ecosystems an organisation is entitled to.

use futures_util::future;
use pulltoken_core::api::entitlements::{self, Entitlement, Policy};
use pulltoken_core::api::groups::Group;
use pulltoken_core::api::whoami;
use pulltoken_core::{Ecosystem, Error, ErrorCode, Result, Uidp};

use crate::client::Client;
use crate::create::Parent;
use crate::host::Host;

impl<H: Host> Client<H> {
    /// The entitlements of an organisation, which is answered along with them.
    ///
    /// # Errors
    /// `organization_not_found`, `ambiguous_parent`, `parent_required`; `capability_missing` where
    /// the list may not be read and its emptiness would say nothing.
    pub async fn list_entitlements(&self, parent: &Parent) -> Result<(Group, Vec<Entitlement>)> {
        let (me, organization) = self.me_and_organization(parent).await?;
        let list = entitlements::parse(&self.send(entitlements::list(&self.caller, &organization.id)).await?)?;
        if list.is_empty() && !me.may("libraries.entitlements.list", &organization.id) {
            let message = format!("this session may not list the entitlements of `{}`", organization.shown());
            return Err(Error::new(ErrorCode::CapabilityMissing, message));
        }
        Ok((organization, list))
    }

    /// Entitles an organisation to an ecosystem.
    ///
    /// # Errors
    /// `usage` for what cannot be asked for; `capability_missing` before anything is asked for;
    /// `already_exists`; what the platform or the network answered.
    pub async fn create_entitlement(
        &self,
        parent: &Parent,
        ecosystem: Ecosystem,
        policy: Option<Policy>,
        cooldown_days: Option<u32>,
    ) -> Result<(Group, Entitlement)> {
        let (me, organization) = self.me_and_organization(parent).await?;
        let request = entitlements::create(&self.caller, &organization.id, ecosystem, policy, cooldown_days)?;
        if !me.may("libraries.entitlements.create", &organization.id) {
            let name = organization.shown();
            let message = format!("this session may not entitle `{name}`: it lacks libraries.entitlements.create");
            let hint = format!(
                "an owner of `{name}` can: pulltoken entitlements create --ecosystems {ecosystem} --parent {name}"
            );
            return Err(Error::new(ErrorCode::CapabilityMissing, message).with_hint(hint));
        }
        let made = entitlements::parse_created(&self.send(request).await?)?;
        Ok((organization, made))
    }

    /// Takes an entitlement away.
    ///
    /// # Errors
    /// `not_found`, `permission_denied`; what the platform or the network answered.
    pub async fn delete_entitlement(&self, id: &Uidp) -> Result<()> {
        entitlements::parse_deleted(&self.send(entitlements::delete(&self.caller, id)).await?)
    }

    /// The organisations that the session sees.
    ///
    /// # Errors
    /// What the platform or the network answered.
    pub async fn organizations(&self) -> Result<Vec<Group>> {
        let groups = self.groups_of(&Parent::Only).await?;
        Ok(groups.into_iter().filter(|group| group.id.is_root()).collect())
    }

    pub(crate) async fn me_and_organization(&self, parent: &Parent) -> Result<(whoami::WhoAmI, Group)> {
        let me = self.who_am_i();
        let (me, groups) = future::try_join(me, self.groups_of(parent)).await?;
        let organization = parent.choose(groups, &me)?;
        Ok((me, organization))
    }
}
