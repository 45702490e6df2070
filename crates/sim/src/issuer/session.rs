//! Sessions for people and for the identities they or their machines assume.

use super::presented::{Person, Refusal};
use crate::limits::Limits;
use crate::seed::SESSION_LIFETIME;
use crate::state::{NewSession, Shared};
use crate::world::Uidp;

/// What a token is exchanged for.
pub(crate) struct Wanted<'a> {
    /// The issuer's URL as the caller knows it.
    pub(crate) issuer: &'a str,
    pub(crate) audiences: &'a [String],
    /// The identity to be assumed; `None` for the person of the token.
    pub(crate) identity: Option<&'a Uidp>,
    pub(crate) limits: &'a Limits,
}

/// A session as it was issued.
pub(crate) struct Issued {
    pub(crate) token: String,
    /// Whose it is.
    pub(crate) subject: Uidp,
    /// Seconds since 1970.
    pub(crate) expires: i64,
}

impl Shared {
    /// Issues a session to the holder of a token from elsewhere.
    pub(crate) fn exchange_for(&self, wanted: &Wanted<'_>, token: &str) -> Result<Issued, Refusal> {
        let now = self.now();
        let mut expires = now.unix_timestamp() + i64::try_from(SESSION_LIFETIME.as_secs()).unwrap_or(0);
        let (subject, email) = match wanted.identity {
            None => {
                let Person { id, email } = self.person_of(token)?;
                (id, email)
            }
            Some(id) => {
                let identity = self.world().identity(id).cloned();
                let identity = identity.ok_or_else(|| Refusal::Token("there is no such identity".to_owned()))?;
                self.may_assume(&identity, token)?;
                if let Some(keys) = identity.static_keys() {
                    expires = expires.min(keys.expiration.unix_timestamp());
                }
                self.world().seen(id, now);
                (id.clone(), None)
            }
        };
        let token = self
            .issue_session(&NewSession {
                issuer: wanted.issuer,
                subject: subject.as_str(),
                audiences: wanted.audiences,
                issued: now.unix_timestamp(),
                expires,
                email: email.as_deref(),
                limits: wanted.limits,
            })
            .map_err(Refusal::Token)?;
        Ok(Issued { token, subject, expires })
    }
}
