//! Taking back an identity that was begun, or saying what is left of it.

use pulltoken_core::{Error, Result, Uidp};

use super::plan::{Plan, Start, Step};
use crate::client::Client;
use crate::create::{PAUSES, left};
use crate::host::Host;

impl<H: Host> Client<H> {
    /// Finds what may have been made, deletes it, and gives the error to report. What was there before
    /// stays.
    pub(super) async fn take_back(&self, plan: &Plan, step: &Step, cause: Error) -> Error {
        if !matches!(step.start, Start::Nothing) {
            return cause;
        }
        match self.search(plan, step).await {
            Ok(Some(id)) => self.take_back_known(plan, &id, cause).await,
            Ok(None) => cause,
            Err(error) => {
                let message = format!(
                    "{}; whether an identity was made is not known, since the look-up failed too ({})",
                    cause.message(),
                    error.message()
                );
                let hint = format!(
                    "look for `{}` with `pulltoken identities list --parent {}`, and delete it or run the command again",
                    step.trust.name, plan.organization.id
                );
                left(cause, message, hint)
            }
        }
    }

    /// Deletes the identity and gives the error to report.
    pub(super) async fn take_back_known(&self, plan: &Plan, id: &Uidp, cause: Error) -> Error {
        let Err(error) = self.delete_surely(id).await else { return cause };
        let message = format!(
            "{}; and the identity {id} made before could not be deleted ({})",
            cause.message(),
            error.message()
        );
        let hint =
            format!("an owner of `{}` can delete it: pulltoken identities delete {id}", plan.organization.shown());
        left(cause, message, hint)
    }

    /// One of that name and trust that was not there before.
    async fn search(&self, plan: &Plan, step: &Step) -> Result<Option<Uidp>> {
        let audience = self.endpoints.issuer.host();
        for pause in PAUSES {
            self.host.sleep(pause).await;
            let all = self.all_ci_identities(Some(&plan.organization.id)).await?;
            let made = all.into_iter().find(|one| {
                one.name == step.trust.name.as_str()
                    && one.claims.trusts_as(&step.trust.claims, audience)
                    && plan.known.iter().all(|known| known.id != one.id)
            });
            if let Some(made) = made {
                return Ok(Some(made.id));
            }
        }
        Ok(None)
    }
}
