//! Deleting one pull token.

use futures_util::future;
use pulltoken_core::api::identities;
use pulltoken_core::api::identity_list::{self, Found};
use pulltoken_core::{Error, ErrorCode, Result, Uidp};

use super::list::is_older_server;
use crate::client::Client;
use crate::host::{BoxFuture, Host};

impl<H: Host> Client<H> {
    /// Deletes a pull token: its identity, and with it the roles it holds.
    ///
    /// # Errors
    /// `not_a_pull_token` for another identity, unless `any_identity`; `capability_missing` before
    /// anything is deleted; `not_found`; what the platform or the network answered.
    pub async fn delete_pull_token(&self, id: &Uidp, any_identity: bool) -> Result<()> {
        let me = self.who_am_i();
        let (me, found) = future::try_join(me, self.find_identity(id)).await?;
        if !me.may("identity.delete", id) {
            let message = format!("this session may not delete {id}: it lacks identity.delete");
            let hint = format!("an owner of the organisation can: pulltoken delete {id}");
            return Err(Error::new(ErrorCode::CapabilityMissing, message).with_hint(hint));
        }
        match found {
            None => Err(Error::new(
                ErrorCode::NotFound,
                format!("there is no identity {id}, or this session may not see it"),
            )),
            Some(Found::Static(identity)) if identity.is_pull_token() => self.delete_identity(id).await,
            Some(_) if any_identity => self.delete_identity(id).await,
            Some(_) => Err(Error::new(ErrorCode::NotAPullToken, format!("{id} is an identity, but no pull token"))),
        }
    }

    pub(crate) fn delete_identity(&self, id: &Uidp) -> BoxFuture<'_, Result<()>> {
        let answer = self.send(identities::delete(&self.caller, id));
        Box::pin(async move { identities::parse_deleted(&answer.await?) })
    }

    /// The identity of an identifier, if there is one that the caller may see.
    pub(crate) fn find_identity<'a>(&'a self, id: &'a Uidp) -> BoxFuture<'a, Result<Option<Found>>> {
        Box::pin(async move {
            let response = self.send(identity_list::request_one(&self.caller, id)).await?;
            match identity_list::parse_one(&response, id) {
                Err(error) if is_older_server(&error) => {
                    identity_list::parse_one_v1(&self.send(identity_list::request_one_v1(&self.caller, id)).await?, id)
                }
                other => other,
            }
        })
    }
}
