//! What a session opens: which ecosystems of which organisations, or what is missing.

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use pulltoken_core::api::entitlements;
use pulltoken_core::api::groups::Group;
use pulltoken_core::api::whoami::{self, WhoAmI};
use pulltoken_core::{Ecosystem, ErrorCode, Result};

use crate::client::Client;
use crate::host::{BoxFuture, Host};

/// How many organisations are asked about side by side.
const AT_ONCE: usize = 8;

/// Who somebody is and what they may pull.
#[derive(Debug)]
pub struct Overview {
    /// Who.
    pub me: WhoAmI,
    /// Their organisations, by name.
    pub organizations: Vec<OrganizationAccess>,
}

/// What an organisation offers to somebody.
#[derive(Debug)]
pub struct OrganizationAccess {
    /// The organisation.
    pub organization: Group,
    /// The ecosystems that it is entitled to, and whether this session may pull each.
    pub ecosystems: Vec<(Ecosystem, bool)>,
    /// Whether its entitlements could be read; if not, no ecosystem may only mean that.
    pub is_known: bool,
}

impl<H: Host> Client<H> {
    /// Who the session is.
    ///
    /// # Errors
    /// `unauthenticated`; what the platform or the network answered.
    pub fn who_am_i(&self) -> BoxFuture<'_, Result<WhoAmI>> {
        let answer = self.send(whoami::request(&self.caller));
        Box::pin(async move { whoami::parse(&answer.await?) })
    }

    /// Who the session is and what it opens.
    ///
    /// # Errors
    /// `unauthenticated`; what the platform or the network answered.
    pub async fn overview(&self) -> Result<Overview> {
        let (me, mut organizations) = futures_util::try_join!(self.who_am_i(), self.organizations())?;
        organizations.sort_by(|one, other| one.name.cmp(&other.name));
        // Somebody of many organisations does not ask for all at once.
        let asking = organizations.into_iter().map(|one| self.access_to(&me, one));
        let organizations = stream::iter(asking).buffered(AT_ONCE).try_collect().await?;
        Ok(Overview { me, organizations })
    }

    async fn access_to(&self, me: &WhoAmI, organization: Group) -> Result<OrganizationAccess> {
        let answer = self.send(entitlements::list(&self.caller, &organization.id)).await?;
        let (list, is_readable) = match entitlements::parse(&answer) {
            Ok(list) => (list, true),
            Err(error) if error.code() == ErrorCode::PermissionDenied => (Vec::new(), false),
            Err(error) => return Err(error),
        };
        let entitled = |ecosystem: Ecosystem| {
            ecosystem
                .entitlement()
                .is_some_and(|name| list.iter().any(|one| one.ecosystem.is(name, ecosystem.entitlement_number())))
        };
        let ecosystems = Ecosystem::ALL.iter().copied().filter(|ecosystem| entitled(*ecosystem));
        let may_pull = |ecosystem: Ecosystem| {
            let capability = ecosystem.role().replace(".pull", ".list");
            me.may(&capability, &organization.id)
        };
        let ecosystems: Vec<_> = ecosystems.map(|ecosystem| (ecosystem, may_pull(ecosystem))).collect();
        let is_known = is_readable && (!list.is_empty() || me.may("libraries.entitlements.list", &organization.id));
        Ok(OrganizationAccess { organization, ecosystems, is_known })
    }
}
