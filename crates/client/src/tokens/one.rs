//! One pull token, looked at from all sides before something is done to it.

use futures_util::future;
use pulltoken_core::api::binding_list::{self, Binding};
use pulltoken_core::api::identity_list::{Found, StaticIdentity};
use pulltoken_core::api::whoami::WhoAmI;
use pulltoken_core::{Ecosystem, Error, ErrorCode, Result, Uidp};

use super::list::is_older_server;
use crate::client::Client;
use crate::host::{BoxFuture, Host};

/// A pull token, the roles it holds, and who is asking.
pub(crate) struct Subject {
    pub(crate) me: WhoAmI,
    pub(crate) identity: StaticIdentity,
    pub(crate) bindings: Vec<Binding>,
}

impl<H: Host> Client<H> {
    /// Looks up caller, token and roles side by side.
    ///
    /// # Errors
    /// `capability_missing` naming the owner's command (and `instead`, which the caller may run);
    /// `not_found`; `not_a_pull_token`; what the platform or the network answered.
    pub(crate) async fn subject(&self, id: &Uidp, needed: &[&str], command: &str) -> Result<Subject> {
        let me = self.who_am_i();
        let (me, found, bindings) = future::try_join3(me, self.find_identity(id), self.bindings_of(id)).await?;
        let missing: Vec<_> = needed.iter().copied().filter(|capability| !me.may(capability, id)).collect();
        if !missing.is_empty() {
            let verb = command.split(' ').next().unwrap_or_default();
            let message = format!("this session may not {verb} {id}: it lacks {}", missing.join(" and "));
            return Err(Error::new(ErrorCode::CapabilityMissing, message).with_hint(instead(&me, id, command)));
        }
        match found {
            Some(Found::Static(identity)) if identity.is_pull_token() => Ok(Subject { me, identity, bindings }),
            Some(_) => Err(Error::new(ErrorCode::NotAPullToken, format!("{id} is an identity, but no pull token"))
                .with_hint("check the identifier; `pulltoken list --all` shows the pull tokens")),
            None => Err(Error::new(
                ErrorCode::NotFound,
                format!("there is no pull token {id}, or this session may not see it"),
            )),
        }
    }

    fn bindings_of<'a>(&'a self, id: &'a Uidp) -> BoxFuture<'a, Result<Vec<Binding>>> {
        Box::pin(async move {
            let answer = self.send(binding_list::request_of(&self.caller, id)).await?;
            let mut held = match binding_list::parse(&answer) {
                Ok(page) => page.items,
                Err(error) if is_older_server(&error) => {
                    let request = binding_list::request_v1(&self.caller, Some(&id.root()));
                    binding_list::parse_v1(&self.send(request).await?)?
                }
                Err(error) => return Err(error),
            };
            held.retain(|binding| binding.identity == id.as_str());
            Ok(held)
        })
    }
}

/// What an owner would run, and what the caller may run instead.
fn instead(me: &WhoAmI, id: &Uidp, command: &str) -> String {
    let creatable = Ecosystem::ALL.iter().find(|ecosystem| {
        let list = ecosystem.role().strip_suffix(".pull").map(|prefix| format!("{prefix}.list"));
        list.is_some_and(|capability| me.may(&capability, id)) && me.may("identity.create", id)
    });
    let owner = format!("an owner of the organisation can: pulltoken {command}");
    match creatable {
        Some(ecosystem) => {
            format!("{owner}; you can make a new one: pulltoken create --repository {ecosystem} --parent {}", id.root())
        }
        None => owner,
    }
}
