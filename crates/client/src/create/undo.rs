//! Leaving nothing behind, or saying exactly what is left and who can remove it.

use std::time::Duration;

use pulltoken_core::api::groups::Group;
use pulltoken_core::api::identities;
use pulltoken_core::{Error, ErrorCode, Name, Result, Uidp};

use crate::client::Client;
use crate::host::Host;

/// Pauses before look-ups and deletions: a request whose answer was lost may still be at work on the
/// server, and so get in the way. Where the network or a gateway failed, each is sent again anyway.
pub(crate) const PAUSES: [Duration; 3] = [Duration::ZERO, Duration::from_millis(500), Duration::from_secs(2)];

/// What may be left of a token that was not finished.
pub(super) struct Leftover<'a, H> {
    pub(super) client: &'a Client<H>,
    pub(super) organization: &'a Group,
    pub(super) name: &'a Name,
    pub(super) subject: &'a str,
}

impl<H: Host> Leftover<'_, H> {
    /// Finds the identity by issuer and subject, deletes it, and gives the error to report.
    pub(super) async fn search_and_delete(&self, cause: Error) -> Error {
        match self.search().await {
            Ok(Some(id)) => self.delete(&id, cause).await,
            Ok(None) => cause,
            Err(error) => {
                let message = format!(
                    "{}; whether an identity was made is not known, since the look-up failed too ({})",
                    cause.message(),
                    error.message()
                );
                let hint = format!(
                    "an owner of `{}` can look for an identity named `{}` with the subject {} and delete it",
                    self.organization.shown(),
                    self.name,
                    self.subject
                );
                left(cause, message, hint)
            }
        }
    }

    /// Deletes the identity and gives the error to report.
    pub(super) async fn delete(&self, id: &Uidp, cause: Error) -> Error {
        let Err(error) = self.client.delete_surely(id).await else { return cause };
        let message = format!(
            "{}; and the identity {id} made before could not be deleted ({})",
            cause.message(),
            error.message()
        );
        let hint = format!("an owner of `{}` can delete it: pulltoken delete {id}", self.organization.shown());
        left(cause, message, hint)
    }

    async fn search(&self) -> Result<Option<Uidp>> {
        for pause in PAUSES {
            self.client.host.sleep(pause).await;
            let request = identities::lookup(&self.client.caller, self.subject);
            match identities::parse_found(&self.client.send(request).await?) {
                Ok(identity) => return Ok(Some(identity.id)),
                // Not there, or not there yet.
                Err(error) if error.code() == ErrorCode::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }
}

impl<H: Host> Client<H> {
    /// Deletes an identity that a request under way may still hold on to.
    pub(crate) async fn delete_surely(&self, id: &Uidp) -> Result<()> {
        let mut last = Ok(());
        for pause in PAUSES {
            self.host.sleep(pause).await;
            last = self.delete_identity(id).await;
            match &last {
                Err(error) if error.code() == ErrorCode::NotFound => return Ok(()),
                Err(error) if error.status() == Some(500) => {}
                _ => return last,
            }
        }
        last
    }
}

/// An interrupted run stays one, for the shell's sake; anything else becomes `rollback_failed`.
pub(crate) fn left(cause: Error, message: String, hint: String) -> Error {
    let code = if cause.code() == ErrorCode::Interrupted { ErrorCode::Interrupted } else { ErrorCode::RollbackFailed };
    let message = message.replace("interrupted: nothing is left on the platform", "interrupted");
    cause.with_code(code).with_message(message).with_hint(hint)
}
