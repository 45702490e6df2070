//! Creating a pull token: look everything up, refuse what cannot work, then make it or leave nothing.

mod make;
mod namesake;
mod parent;
mod plan;
mod stamp;
#[cfg(test)]
mod tests;
mod undo;

use futures_util::future::{self, Either, FutureExt as _};
use pulltoken_core::api::groups::Group;
use pulltoken_core::{Credentials, Description, Ecosystem, Error, ErrorCode, Name, Result, Timestamp, Ttl};
use serde::Serialize;

pub(crate) use make::Outcome;
pub use parent::Parent;
pub(crate) use plan::{Grant, Plan, Readable, Refusal};
pub use stamp::Stamp;
pub(crate) use undo::{PAUSES, left};

use crate::client::Client;
use crate::host::Host;

/// The pull token to make.
#[derive(Clone, Debug)]
pub struct NewPullToken {
    /// The organisation.
    pub parent: Parent,
    /// What it opens; a role binding for each. Not empty.
    pub ecosystems: Vec<Ecosystem>,
    /// How long it lives.
    pub ttl: Ttl,
    /// Its name, if the caller chose one; else [`Name::default`]. Where a live token bears a chosen
    /// name already, the caller hears of it.
    pub name: Option<Name>,
    /// Whether a live token of that name is worth a warning: a person chose it.
    pub warn_of_namesakes: bool,
    /// Its description.
    pub stamp: Stamp,
}

/// A pull token just made. The password exists here and nowhere else.
#[derive(Clone, Debug)]
pub struct PullToken {
    /// Username (the identity's UIDP) and password.
    pub credentials: Credentials,
    /// Its name.
    pub name: Name,
    /// Its description.
    pub description: Description,
    /// What it opens.
    pub ecosystems: Vec<Ecosystem>,
    /// The organisation it belongs to.
    pub organization: Group,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it expires.
    pub expires_at: Timestamp,
    /// What could not be made sure of.
    pub warnings: Vec<Warning>,
}

/// Something that the caller should know, though the work went on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "CallWarning"))]
pub struct Warning {
    /// Stable name.
    pub code: &'static str,
    /// What it is.
    pub message: String,
}

impl<H: Host> Client<H> {
    /// Creates a pull token.
    ///
    /// At most three requests one after another where the parent is a UIDP, four where it is a
    /// name; the key is made meanwhile. When `interrupt` ends first, or a step fails, what was made
    /// is deleted again.
    ///
    /// # Errors
    /// Refusals before anything is made: `capability_missing`, `entitlement_missing`,
    /// `organization_not_found`, `role_not_found`, `parent_required`, `ambiguous_parent`. What the
    /// platform or the network answered. `interrupted`. `rollback_failed` names what is left.
    pub async fn create_pull_token(
        &self,
        wanted: NewPullToken,
        interrupt: impl Future<Output = ()> + Unpin,
    ) -> Result<PullToken> {
        if wanted.ecosystems.is_empty() {
            return Err(Error::new(ErrorCode::EcosystemRequired, "no ecosystem was named"));
        }
        let known = self.look_up(&wanted).shared();
        let namesakes = self.namesakes(wanted.name.as_ref().filter(|_| wanted.warn_of_namesakes), known.clone());
        let making = async {
            let preparation = future::try_join(self.plan(&wanted, known), self.host.make_key());
            let mut interrupt = interrupt;
            let (plan, key) = match future::select(std::pin::pin!(preparation), &mut interrupt).await {
                Either::Left((prepared, _)) => prepared?,
                Either::Right(((), _)) => return Err(interrupted("nothing was made")),
            };
            self.make(&wanted, plan, key, interrupt).await
        };
        self.with_warning_of_namesakes(making, namesakes).await
    }
}

pub(crate) fn interrupted(what: &str) -> Error {
    Error::new(ErrorCode::Interrupted, format!("interrupted: {what}"))
}
