//! Deleting one identity that jobs assume.

use futures_util::future;
use pulltoken_core::api::ci_identities::{self, Found};
use pulltoken_core::api::identity_list;
use pulltoken_core::{Error, ErrorCode, Result, Uidp};

use crate::client::Client;
use crate::host::Host;
use crate::tokens::is_older_server;

impl<H: Host> Client<H> {
    /// Deletes an identity that jobs assume, and with it the roles it holds.
    ///
    /// # Errors
    /// `not_a_ci_identity` for any other, a pull token among them; `capability_missing` before anything
    /// is deleted; `not_found`; what the platform or the network answered.
    pub async fn delete_ci_identity(&self, id: &Uidp) -> Result<()> {
        let me = self.who_am_i();
        let (me, found) = future::try_join(me, self.find_ci_identity(id)).await?;
        if !me.may("identity.delete", id) {
            let message = format!("this session may not delete {id}: it lacks identity.delete");
            let hint = format!("an owner of the organisation can: pulltoken identities delete {id}");
            return Err(Error::new(ErrorCode::CapabilityMissing, message).with_hint(hint));
        }
        match found {
            Some(Found::Assumable) => self.delete_identity(id).await,
            Some(Found::Other) => {
                let message = format!("{id} is no identity that CI jobs assume");
                Err(Error::new(ErrorCode::NotACiIdentity, message))
            }
            None => Err(Error::new(
                ErrorCode::NotFound,
                format!("there is no identity {id}, or this session may not see it"),
            )),
        }
    }

    async fn find_ci_identity(&self, id: &Uidp) -> Result<Option<Found>> {
        let response = self.send(identity_list::request_one(&self.caller, id)).await?;
        match ci_identities::parse_one(&response, id) {
            Err(error) if is_older_server(&error) => {
                ci_identities::parse_one_v1(&self.send(identity_list::request_one_v1(&self.caller, id)).await?, id)
            }
            other => other,
        }
    }
}
