//! A job's token, read as far as anybody can without its issuer's keys.

use pulltoken_core::jwt::{Claims, UnverifiedJwt};
use pulltoken_core::text::printable_prefix;
use pulltoken_core::{Error, ErrorCode, Result, Secret, Timestamp};

use super::System;

/// Characters of a claim that are shown.
const SHOWN: usize = 160;

/// A token that looks usable: a JWT whose time is not over. Only the issuer knows the rest.
#[derive(Clone, Debug)]
pub struct IdToken {
    token: Secret,
    system: System,
    claims: Claims,
}

impl IdToken {
    /// Reads what stood in a place, such as a variable.
    pub(super) fn read(text: &Secret, system: System, place: &str, now: Timestamp) -> Result<Self> {
        // Read only: the token goes nowhere from here.
        let text = text.expose().trim();
        let jwt = UnverifiedJwt::parse(text).map_err(|_| {
            let message = format!("what {place} holds is not a JSON Web Token");
            Error::new(ErrorCode::NoCiToken, message).with_hint("it must be the job's ID token, and nothing else")
        })?;
        if let Some(end) = jwt.claims.expires_at.filter(|end| *end <= now) {
            let message = format!("the ID token of {place} expired at {end}");
            return Err(Error::new(ErrorCode::NoCiToken, message)
                .with_hint("use it nearer to the start of the job, or let the job have one that lives longer"));
        }
        Ok(Self { token: Secret::new(text), system, claims: jwt.claims })
    }

    /// The token, for its issuer's partner and nobody else.
    pub fn token(&self) -> &Secret {
        &self.token
    }

    /// Where it is from.
    pub fn system(&self) -> System {
        self.system
    }

    /// Whether it was made for this audience.
    pub fn is_for(&self, audience: &str) -> bool {
        self.claims.audience.iter().any(|own| own == audience)
    }

    /// The audiences it was made for, in words.
    pub(super) fn shown_audience(&self) -> String {
        printable_prefix(&self.claims.audience.join(", "), SHOWN)
    }

    /// Who it is from and whom it speaks of, in words: what an identity has to trust.
    pub(super) fn speaks_of(&self) -> String {
        let shown = |claim: &Option<String>| printable_prefix(claim.as_deref().unwrap_or_default(), SHOWN);
        format!("issuer `{}`, subject `{}`", shown(&self.claims.issuer), shown(&self.claims.subject))
    }
}
