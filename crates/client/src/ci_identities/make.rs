//! One identity: made or changed, then bound.

use futures_util::future::join_all;
use pulltoken_core::api::{ci_identities, identities, identity_update, role_bindings};
use pulltoken_core::{Error, Result, Uidp};

use super::Settled;
use super::plan::{Plan, Start, Step};
use crate::client::Client;
use crate::host::Host;

impl<H: Host> Client<H> {
    /// Does what is left to do for one identity. Where that fails, a new identity is taken back; one
    /// that was there stays, with what it has got.
    pub(super) async fn carry_out(&self, plan: &Plan, step: &Step) -> Result<Settled> {
        let id = match &step.start {
            Start::Same(id) => id.clone(),
            Start::Other(id) => {
                self.retrust(id, step).await?;
                id.clone()
            }
            Start::Nothing => match self.make_ci_identity(plan, step).await {
                Ok(id) => id,
                Err(Failure::Refused(error)) => return Err(error),
                Err(Failure::Lost(error)) => return Err(self.take_back(plan, step, error).await),
            },
        };
        match self.bind_roles(&plan.organization.id, &id, step).await {
            Ok(()) => Ok(Settled { id: Some(id), ..step.expected() }),
            Err(error) if matches!(step.start, Start::Nothing) => Err(self.take_back_known(plan, &id, error).await),
            Err(error) if matches!(step.start, Start::Other(_)) => {
                let message = format!("{}; `{id}` trusts the new jobs already: run the command again", error.message());
                Err(error.with_message(message))
            }
            Err(error) => Err(error),
        }
    }

    async fn make_ci_identity(&self, plan: &Plan, step: &Step) -> std::result::Result<Uidp, Failure> {
        let request = ci_identities::create(&self.caller, &plan.organization.id, &step.trust);
        match self.send_once(request).await {
            Ok(response) => match identities::parse_created(&response) {
                Ok(identity) => Ok(identity.id),
                Err(error) if (400..500).contains(&response.status) => Err(Failure::Refused(error)),
                // A server error or an unreadable answer may come after the deed.
                Err(error) => Err(Failure::Lost(error)),
            },
            Err(failure) if failure.may_have_arrived => Err(Failure::Lost(failure.error)),
            Err(failure) => Err(Failure::Refused(failure.error)),
        }
    }

    /// Puts the identity back with other claims, and everything else as it was.
    async fn retrust(&self, id: &Uidp, step: &Step) -> Result<()> {
        let response = self.send(identity_update::request_whole(&self.caller, id)).await?;
        let whole = identity_update::parse_whole(&response, id)?;
        let request = whole.put_claims(&self.caller, id, &step.trust.claims)?;
        identity_update::parse_changed(&self.send(request).await?)
    }

    /// All bindings are waited for, so that none is under way when the identity has to go.
    async fn bind_roles(&self, organization: &Uidp, id: &Uidp, step: &Step) -> Result<()> {
        let bindings = step.roles.iter().map(|role| async move {
            let request = role_bindings::create(&self.caller, organization, id, &role.id);
            role_bindings::parse_created(&self.send(request).await?, &role.name)
        });
        join_all(bindings).await.into_iter().collect()
    }
}

/// Why there is no identity, or none that is known of.
enum Failure {
    /// Surely nothing was made.
    Refused(Error),
    /// It may have been made all the same.
    Lost(Error),
}
