//! A warning that a live token bears the chosen name already. It is looked up beside what is done
//! anyway, and nobody waits long for it: names need not be unique.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{self, Either};
use pulltoken_core::api::identity_list::{self, StaticIdentity};
use pulltoken_core::api::pages::At;
use pulltoken_core::{Name, Result, Uidp};

use super::plan::Known;
use super::{PullToken, Warning};
use crate::client::Client;
use crate::host::Host;
use crate::tokens::is_older_server;

/// How long a token that is made already waits for the look-up.
const PATIENCE: Duration = Duration::from_secs(1);

impl<H: Host> Client<H> {
    /// The live pull tokens of a chosen name, as far as they can be known.
    pub(super) async fn namesakes(
        &self,
        name: Option<&Name>,
        known: impl Future<Output = Result<Arc<Known>>>,
    ) -> Vec<StaticIdentity> {
        let Some(name) = name else { return Vec::new() };
        let Ok(known) = known.await else { return Vec::new() };
        let organization = &known.organization.id;
        // A list that narrows to nothing would say nothing.
        if !known.me.may("identity.list", organization) {
            return Vec::new();
        }
        let mut found = self.named(organization, name.as_str()).await.unwrap_or_default();
        let now = self.host.now();
        found.retain(|one| one.is_pull_token() && one.name == name.as_str() && !one.has_expired(now));
        found
    }

    async fn named(&self, organization: &Uidp, name: &str) -> Result<Vec<StaticIdentity>> {
        let caller = &self.caller;
        let request = |at: At<'_>| identity_list::request_named(caller, organization, name, at);
        match self.pages(&request, identity_list::parse).await {
            // An older server gives all identities at once.
            Err(error) if is_older_server(&error) => {
                let request = identity_list::request_v1(&self.caller, Some(organization));
                identity_list::parse_v1(&self.send(request).await?)
            }
            other => other,
        }
    }

    /// Does the work and the look-up side by side, and tells what was found with the token.
    pub(super) async fn with_warning_of_namesakes(
        &self,
        making: impl Future<Output = Result<PullToken>>,
        namesakes: impl Future<Output = Vec<StaticIdentity>>,
    ) -> Result<PullToken> {
        let (mut token, found) = match future::select(std::pin::pin!(making), std::pin::pin!(namesakes)).await {
            Either::Left((made, namesakes)) => {
                let token = made?;
                match future::select(namesakes, self.host.sleep(PATIENCE)).await {
                    Either::Left((found, _)) => (token, found),
                    Either::Right(_) => (token, Vec::new()),
                }
            }
            Either::Right((found, making)) => (making.await?, found),
        };
        token.warnings.extend(warning(&token, found));
        Ok(token)
    }
}

fn warning(token: &PullToken, mut found: Vec<StaticIdentity>) -> Option<Warning> {
    // The look-up may be late enough to see the new token.
    found.retain(|one| one.id.as_str() != token.credentials.username);
    let first = found.first()?;
    let until = first.expires_at.map(|end| format!(", valid until {end}")).unwrap_or_default();
    let (organization, name) = (token.organization.shown(), &token.name);
    let message = match found.len() {
        1 => format!("another live pull token of `{organization}` is called `{name}` too: {}{until}", first.id),
        count => format!(
            "{count} other live pull tokens of `{organization}` are called `{name}` too, among them {}{until}",
            first.id
        ),
    };
    Some(Warning { code: "name_in_use", message })
}
