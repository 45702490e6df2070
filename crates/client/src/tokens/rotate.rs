//! A new token in the place of an old one: the old one goes last, and only once the new one works.

use futures_util::future::{self, Either};
use pulltoken_core::api::exchange;
use pulltoken_core::api::groups::Group;
use pulltoken_core::api::identity_update::Change;
use pulltoken_core::{Description, Ecosystem, Error, ErrorCode, Name, Result, Timestamp, Ttl, Uidp};

use super::one::Subject;
use crate::chain::REGISTRY_AUDIENCE;
use crate::client::Client;
use crate::create::{Grant, NewPullToken, Parent, Plan, PullToken, Stamp, interrupted};
use crate::host::Host;
use crate::together::try_all;

/// What becomes of the old token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeepOld {
    /// It is deleted.
    No,
    /// It expires so many seconds from now, or at its own time if that is sooner.
    Seconds(u64),
    /// It is left to its own time.
    Untouched,
}

/// A rotation that gave a new token.
#[derive(Debug)]
pub struct Rotated {
    /// The new token.
    pub token: PullToken,
    /// What became of the old one.
    pub old: Fate,
}

/// What became of the old token.
#[derive(Debug)]
pub enum Fate {
    /// Deleted.
    Deleted,
    /// Gone already: somebody else rotated or deleted it meanwhile.
    WasGone,
    /// Still there until this moment.
    KeptUntil(Option<Timestamp>),
    /// Still there, against the wish.
    Stuck(Error),
}

impl<H: Host> Client<H> {
    /// Makes a token of the same name, description, roles and parent, exchanges it once to see that
    /// it works, and then takes the old one away.
    ///
    /// # Errors
    /// `capability_missing` before anything is made; `not_found`, `not_a_pull_token`; those of
    /// creating a token; `rotation_unverified` where the new token did not work and was deleted
    /// again. The old token is untouched in all these cases.
    pub async fn rotate_pull_token(
        &self,
        id: &Uidp,
        ttl: Ttl,
        keep: KeepOld,
        interrupt: impl Future<Output = ()> + Unpin,
    ) -> Result<Rotated> {
        let mut needed = vec!["identity.create", "role_bindings.create"];
        match keep {
            KeepOld::No => needed.push("identity.delete"),
            KeepOld::Seconds(_) => needed.push("identity.update"),
            KeepOld::Untouched => {}
        }
        let command = format!("rotate {id}");
        let look = async {
            let subject = self.subject(id, &needed, &command).await?;
            let grants = self.grants_of(&subject, &command).await?;
            Ok((subject, grants))
        };
        let preparation = future::try_join(look, self.host.make_key());
        let mut interrupt = interrupt;
        let ((subject, grants), key) = match future::select(std::pin::pin!(preparation), &mut interrupt).await {
            Either::Left((prepared, _)) => prepared?,
            Either::Right(((), _)) => return Err(interrupted("nothing was made")),
        };
        let old_end = subject.identity.expires_at;
        let (wanted, plan) = same_again(subject, grants, id, ttl)?;
        let token = self.make(&wanted, plan, key, interrupt).await?;
        self.verify(&token).await?;
        let old = self.retire(id, keep, old_end).await;
        Ok(Rotated { token, old })
    }

    /// The roles of the old token, all of which the caller has to hold in order to give them again.
    async fn grants_of(&self, subject: &Subject, command: &str) -> Result<Vec<Grant>> {
        let found = try_all(subject.bindings.iter().map(|held| self.roles_named(&held.role_name))).await?;
        let with_roles = subject.bindings.iter().zip(found);
        with_roles
            .map(|(held, roles)| {
                let role = roles.into_iter().find(|role| role.id == held.role_id);
                let capabilities = role.map(|role| role.capabilities).unwrap_or_default();
                if let Some(missing) = capabilities.iter().find(|capability| !subject.me.may(capability, &held.group()))
                {
                    let message = format!(
                        "this session may not give {} to another token: it does not hold {missing} itself",
                        held.role_name
                    );
                    let hint = format!("an owner of the organisation can: pulltoken {command}");
                    return Err(Error::new(ErrorCode::CapabilityMissing, message).with_hint(hint));
                }
                Ok(Grant { at: held.group(), role_id: held.role_id.clone(), role_name: held.role_name.clone() })
            })
            .collect()
    }

    /// Exchanges the new token for a session once; one that does not work is taken back.
    async fn verify(&self, token: &PullToken) -> Result<()> {
        let id = Uidp::parse(&token.credentials.username)?;
        let asking = exchange::Asking { identity: Some(&id), ..exchange::Asking::default() };
        let request = exchange::request(&self.endpoints.issuer, &token.credentials.password, asking, REGISTRY_AUDIENCE);
        let failed = match self.exchange(request).await {
            Ok(response) => match exchange::parse(&response) {
                Ok(_) => return Ok(()),
                Err(error) => error,
            },
            Err(error) => error,
        };
        let undone = match self.delete_identity(&id).await {
            Ok(()) => "it was deleted again and the old one is untouched".to_owned(),
            Err(error) => {
                format!("the old one is untouched, and the new one, {id}, could not be deleted ({})", error.message())
            }
        };
        let message = format!("the new token does not work ({}): {undone}", failed.message());
        Err(failed.with_code(ErrorCode::RotationUnverified).with_message(message))
    }

    async fn retire(&self, id: &Uidp, keep: KeepOld, own_end: Option<Timestamp>) -> Fate {
        match keep {
            KeepOld::Untouched => Fate::KeptUntil(own_end),
            KeepOld::No => match self.delete_identity(id).await {
                Ok(()) => Fate::Deleted,
                Err(error) if error.code() == ErrorCode::NotFound => Fate::WasGone,
                Err(error) => Fate::Stuck(error),
            },
            KeepOld::Seconds(seconds) => {
                let wanted =
                    self.host.now().truncated_to_seconds().plus_seconds(i64::try_from(seconds).unwrap_or(i64::MAX));
                if own_end.is_some_and(|end| end <= wanted) {
                    return Fate::KeptUntil(own_end);
                }
                let change = Change { expires_at: Some(wanted), ..Change::default() };
                match self.put_identity(id, &change).await {
                    Ok(()) => Fate::KeptUntil(Some(wanted)),
                    Err(error) if error.code() == ErrorCode::NotFound => Fate::WasGone,
                    Err(error) => Fate::Stuck(error),
                }
            }
        }
    }
}

/// A token like the old one.
fn same_again(subject: Subject, grants: Vec<Grant>, id: &Uidp, ttl: Ttl) -> Result<(NewPullToken, Plan)> {
    let Some(parent) = id.parent() else {
        return Err(Error::new(ErrorCode::NotAPullToken, format!("{id} is an organisation or a person")));
    };
    let description = Description::parse(&subject.identity.description)?;
    let ecosystems = Ecosystem::of_roles(grants.iter().map(|grant| grant.role_name.as_str()));
    let name =
        subject.bindings.iter().map(|held| &held.group_name).find(|name| !name.is_empty()).cloned().unwrap_or_default();
    let wanted = NewPullToken {
        parent: Parent::Id(parent.clone()),
        ecosystems,
        ttl,
        name: Some(Name::parse(&subject.identity.name)?),
        warn_of_namesakes: false,
        stamp: Stamp::Given(description.clone()),
    };
    let plan = Plan { organization: Group { id: parent, name }, grants, description, warnings: Vec::new() };
    Ok((wanted, plan))
}
