//! Making it: the identity, then a binding per ecosystem while the password is signed.

use std::time::Duration;

use futures_util::future::{self, Either};
use pulltoken_core::api::identities::{self, Identity, NewIdentity};
use pulltoken_core::api::role_bindings;
use pulltoken_core::jwt::SigningInput;
use pulltoken_core::{Credentials, Error, Result, Uidp};

use super::plan::Plan;
use super::undo::Leftover;
use super::{NewPullToken, PullToken, interrupted};
use crate::client::Client;
use crate::host::{BoxFuture, Host, SigningKey};
use crate::together::all;

/// How long a request that is under way may still take once the user wants to stop. An answer
/// spares the look-up, and with it the doubt whether the server was about to do it.
const GRACE: Duration = Duration::from_secs(5);

impl<H: Host> Client<H> {
    pub(crate) async fn make(
        &self,
        wanted: &NewPullToken,
        plan: Plan,
        key: Box<dyn SigningKey>,
        mut interrupt: impl Future<Output = ()> + Unpin,
    ) -> Result<PullToken> {
        let subject = self.new_subject()?;
        let name = wanted.name.clone().unwrap_or_default();
        let created_at = self.host.now().truncated_to_seconds();
        let expires_at = created_at.plus_seconds(i64::try_from(wanted.ttl.seconds_rounded_up()).unwrap_or(i64::MAX));
        let identity = NewIdentity {
            name: name.clone(),
            description: plan.description.clone(),
            jwks: key.public_key().to_jwks(&subject),
            subject: subject.clone(),
            expires_at,
        };
        let issuer = self.endpoints.issuer.as_str();
        let claims =
            SigningInput::new(&subject, identities::PULL_TOKEN_ISSUER, &subject, issuer, created_at, expires_at);

        let leftover = Leftover { client: self, organization: &plan.organization, name: &name, subject: &subject };
        let identity = match self.unless(&mut interrupt, self.make_identity(&plan.organization.id, &identity)).await {
            Outcome::Done(Ok(identity)) => identity,
            Outcome::Done(Err(Failure::Refused(error))) => return Err(error),
            Outcome::Done(Err(Failure::Lost(error))) => return Err(leftover.search_and_delete(error).await),
            Outcome::Interrupted(late) => {
                let cause = interrupted("nothing is left on the platform");
                return Err(match late {
                    Some(Ok(identity)) => leftover.delete(&identity.id, cause).await,
                    Some(Err(Failure::Refused(_))) => cause,
                    Some(Err(Failure::Lost(_))) | None => leftover.search_and_delete(cause).await,
                });
            }
        };

        let bindings = self.bind_all(&plan, &identity.id);
        let signature = key.sign_once(claims.as_bytes().to_vec());
        let cause = match self.unless(&mut interrupt, future::join(bindings, signature)).await {
            Outcome::Done((Ok(()), Ok(signature))) => {
                return Ok(PullToken {
                    credentials: Credentials::new(identity.id.as_str(), claims.with_signature(&signature)),
                    name,
                    description: plan.description,
                    ecosystems: wanted.ecosystems.clone(),
                    organization: plan.organization,
                    created_at: identity.created_at.unwrap_or(created_at),
                    expires_at,
                    warnings: plan.warnings,
                });
            }
            Outcome::Done((Err(error), _) | (_, Err(error))) => error,
            Outcome::Interrupted(_) => interrupted("nothing is left on the platform"),
        };
        Err(leftover.delete(&identity.id, cause).await)
    }

    /// `pull-token-` and 160 random bits in hex, which make it unique.
    fn new_subject(&self) -> Result<String> {
        let mut random = [0u8; 20];
        self.host.fill(&mut random)?;
        Ok(random.iter().fold("pull-token-".to_owned(), |text, byte| text + &format!("{byte:02x}")))
    }

    async fn make_identity(&self, parent: &Uidp, identity: &NewIdentity) -> std::result::Result<Identity, Failure> {
        match self.send_once(identities::create(&self.caller, parent, identity)).await {
            Ok(response) => identities::parse_created(&response).map_err(|error| match response.status {
                400..500 => Failure::Refused(error),
                // A server error or an unreadable answer may come after the deed.
                _ => Failure::Lost(error),
            }),
            Err(failure) if failure.may_have_arrived => Err(Failure::Lost(failure.error)),
            Err(failure) => Err(Failure::Refused(failure.error)),
        }
    }

    /// All bindings are waited for, so that none is under way when the identity has to go.
    async fn bind_all(&self, plan: &Plan, identity: &Uidp) -> Result<()> {
        let bindings = plan.grants.iter().map(|grant| -> BoxFuture<'_, Result<()>> {
            let answer = self.send(role_bindings::create(&self.caller, &grant.at, identity, &grant.role_id));
            let name = &grant.role_name;
            Box::pin(async move {
                let response = answer.await.map_err(|error| {
                    let message = format!("bind the role {name}: {}", error.message());
                    error.with_message(message)
                })?;
                role_bindings::parse_created(&response, name)
            })
        });
        all(bindings).await.into_iter().collect()
    }

    /// Waits for the work, or for the user's wish to stop and then a little longer for the work.
    pub(crate) async fn unless<T>(
        &self,
        interrupt: &mut (impl Future<Output = ()> + Unpin),
        work: impl Future<Output = T>,
    ) -> Outcome<T> {
        let work = std::pin::pin!(work);
        let work = match future::select(work, interrupt).await {
            Either::Left((done, _)) => return Outcome::Done(done),
            Either::Right(((), work)) => work,
        };
        match future::select(work, self.host.sleep(GRACE)).await {
            Either::Left((late, _)) => Outcome::Interrupted(Some(late)),
            Either::Right(_) => Outcome::Interrupted(None),
        }
    }
}

/// Why there is no identity, or none that is known of.
enum Failure {
    /// Surely nothing was made.
    Refused(Error),
    /// It may have been made all the same.
    Lost(Error),
}

/// How work went that may be interrupted.
pub(crate) enum Outcome<T> {
    /// To its end.
    Done(T),
    /// The user wants to stop; what came of the work, if it ended in time.
    Interrupted(Option<T>),
}
