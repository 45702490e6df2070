//! Changing what a pull token is called and described as.

use pulltoken_core::api::identity_update::{self, Change};
use pulltoken_core::{Error, ErrorCode, Result, Uidp};

use super::list::is_older_server;
use crate::client::Client;
use crate::host::Host;

impl<H: Host> Client<H> {
    /// Changes name and description; expiry, keys, roles and fields that are not known here stay.
    ///
    /// # Errors
    /// `usage` where nothing is to be changed; `capability_missing` before anything is changed;
    /// `not_found`, `not_a_pull_token`; what the platform or the network answered.
    pub async fn update_pull_token(&self, id: &Uidp, change: Change) -> Result<()> {
        if change.name.is_none() && change.description.is_none() {
            return Err(Error::new(ErrorCode::Usage, "nothing to change was named")
                .with_hint("give a name, a description or both"));
        }
        self.subject(id, &["identity.update"], &format!("edit {id} …")).await?;
        self.change_identity(id, &change).await
    }

    async fn change_identity(&self, id: &Uidp, change: &Change) -> Result<()> {
        match identity_update::parse_changed(&self.send(identity_update::patch(&self.caller, id, change)).await?) {
            Err(error) if is_older_server(&error) => self.put_identity(id, change).await,
            other => other,
        }
    }

    /// Puts the whole identity back with the change.
    pub(crate) async fn put_identity(&self, id: &Uidp, change: &Change) -> Result<()> {
        let response = self.send(identity_update::request_whole(&self.caller, id)).await?;
        let request = identity_update::parse_whole(&response, id)?.put(&self.caller, id, change)?;
        identity_update::parse_changed(&self.send(request).await?)
    }
}
