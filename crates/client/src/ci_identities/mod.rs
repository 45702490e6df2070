//! Identities that CI jobs assume with tokens of their own: making them, listing them, deleting them.
//!
//! Making is idempotent: what is there already, by name and by what it trusts, stays as it is and only
//! gets the roles that it lacks.

mod delete;
mod list;
mod make;
mod plan;
#[cfg(test)]
mod tests;
mod undo;

use pulltoken_core::api::groups::Group;
use pulltoken_core::trust::{ClaimMatch, Trust};
use pulltoken_core::{Ecosystem, Error, ErrorCode, Name, Result, Uidp};

pub use list::{CiIdentityInfo, CiIdentityListing};

use crate::client::Client;
use crate::create::{Outcome, Parent, Warning, interrupted};
use crate::host::Host;
use plan::Plan;

/// The identities to make.
#[derive(Clone, Debug)]
pub struct NewCiIdentities {
    /// The organisation.
    pub parent: Parent,
    /// What they open; a role binding for each. Not empty.
    pub ecosystems: Vec<Ecosystem>,
    /// Whom they trust, one identity each.
    pub trusts: Vec<Trust>,
    /// Whether an identity of the same name that trusts other jobs is changed to trust these.
    pub replace: bool,
}

/// An identity that is as it should be, or would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// Its identifier; `None` while it is only to be made.
    pub id: Option<Uidp>,
    /// Its name.
    pub name: Name,
    /// Whom it trusts.
    pub claims: ClaimMatch,
    /// What became of it.
    pub change: Change,
    /// The roles that were bound to it.
    pub bound: Vec<String>,
}

/// What was done to an identity, or would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is new.
    Created,
    /// It trusted other jobs before.
    Replaced,
    /// It was there and lacked roles.
    Bound,
    /// It was there as it should be.
    Unchanged,
}

/// How far the work went.
#[derive(Debug)]
pub struct CiIdentitiesMade {
    /// The organisation.
    pub organization: Group,
    /// As they should be, in the order asked for.
    pub settled: Vec<Settled>,
    /// Not begun, or taken back.
    pub left: Vec<Name>,
    /// Why some are left.
    pub stopped: Option<Error>,
    /// What could not be made sure of.
    pub warnings: Vec<Warning>,
}

impl<H: Host> Client<H> {
    /// What [`Self::create_ci_identities`] would do. Nothing is changed.
    ///
    /// # Errors
    /// As there, but for the making.
    pub async fn plan_ci_identities(&self, wanted: &NewCiIdentities) -> Result<CiIdentitiesMade> {
        let Plan { organization, steps, warnings, .. } = self.plan_identities(wanted).await?;
        let settled = steps.iter().map(plan::Step::expected).collect();
        Ok(CiIdentitiesMade { organization, settled, left: Vec::new(), stopped: None, warnings })
    }

    /// Makes the identities, one after another, each with its role bindings.
    ///
    /// When a step fails, or `interrupt` ends first, the identity that it belongs to is taken back; the
    /// ones before it are whole and stay.
    ///
    /// # Errors
    /// Before anything is made: `capability_missing` unless an owner's session asks (others may neither
    /// see what is there nor take anything back), `entitlement_missing`, `role_not_found`,
    /// `already_exists` for a name whose identity trusts others and may not be replaced,
    /// `organization_not_found`, `parent_required`, `ambiguous_parent`, `usage`. What happens later is in
    /// the result.
    pub async fn create_ci_identities(
        &self,
        wanted: &NewCiIdentities,
        mut interrupt: impl Future<Output = ()> + Unpin,
    ) -> Result<CiIdentitiesMade> {
        let plan = match self.unless(&mut interrupt, self.plan_identities(wanted)).await {
            Outcome::Done(plan) => plan?,
            Outcome::Interrupted(_) => return Err(interrupted("nothing was made")),
        };
        let mut made = CiIdentitiesMade {
            organization: plan.organization.clone(),
            settled: Vec::new(),
            left: Vec::new(),
            stopped: None,
            warnings: plan.warnings.clone(),
        };
        for step in &plan.steps {
            if made.stopped.is_some() {
                made.left.push(step.trust.name.clone());
                continue;
            }
            let stopped = || Error::new(ErrorCode::Interrupted, "interrupted");
            match self.unless(&mut interrupt, self.carry_out(&plan, step)).await {
                Outcome::Done(Ok(settled)) => made.settled.push(settled),
                Outcome::Done(Err(error)) => made.stop(step, error),
                Outcome::Interrupted(Some(Ok(settled))) => {
                    made.settled.push(settled);
                    made.stopped = Some(stopped());
                }
                // What could not be taken back is named, whoever wanted to stop.
                Outcome::Interrupted(Some(Err(error))) if error.code() == ErrorCode::RollbackFailed => {
                    made.stop(step, error);
                }
                Outcome::Interrupted(Some(Err(_))) => made.stop(step, stopped()),
                Outcome::Interrupted(None) => made.stop(step, self.take_back(&plan, step, stopped()).await),
            }
        }
        Ok(made)
    }
}

impl CiIdentitiesMade {
    fn stop(&mut self, step: &plan::Step, error: Error) {
        self.left.push(step.trust.name.clone());
        self.stopped = Some(error);
    }
}
