//! Whose token it is that was presented for an exchange.

use regex::Regex;
use time::OffsetDateTime;

use crate::jose::{Claims, PublicKeys, Token};
use crate::state::Shared;
use crate::world::{ClaimMatch, Identity, Matcher, StaticKeys, Uidp};

/// The person a trusted provider's ID token speaks of.
pub(crate) struct Person {
    pub(crate) id: Uidp,
    pub(crate) email: Option<String>,
}

impl Shared {
    /// Checks an ID token of a trusted provider: signature, time.
    fn check_id_token(&self, text: &str) -> Result<Claims, String> {
        let token = Token::parse(text).ok_or("the token cannot be read")?;
        let issuer = token.unverified().issuer().to_owned();
        let trusted = self.trusted.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let keys = trusted.get(&issuer).ok_or("the token's issuer is not trusted")?;
        let claims = token.verify(keys).ok_or("the token's signature is not its issuer's")?;
        match claims.out_of_date(self.now()) {
            Some(reason) => Err(reason.to_owned()),
            None => Ok(claims),
        }
    }

    /// The person of an ID token that was made for this issuer.
    pub(crate) fn person_of(&self, text: &str) -> Result<Person, String> {
        let claims = self.check_id_token(text)?;
        if !claims.audiences().iter().any(|audience| self.is_issuer_audience(audience)) {
            return Err("the token is not for this issuer".to_owned());
        }
        let id = Uidp::of_user(claims.issuer(), claims.subject());
        if !self.world().users.contains_key(&id) {
            return Err("nobody is registered with this token's subject".to_owned());
        }
        Ok(Person { id, email: claims.text("email").map(str::to_owned) })
    }

    /// Whether a token entitles its holder to be `identity`; the error says why not.
    pub(crate) fn may_assume(&self, identity: &Identity, text: &str) -> Result<(), String> {
        use crate::world::Relationship::{Aws, ClaimMatch, Static};
        match &identity.relationship {
            Static(keys) => self.check_static(keys, text).map(|_| ()),
            ClaimMatch(wanted) => {
                let claims = self.check_id_token(text)?;
                self.check_claims(wanted, &claims)
            }
            Aws(_) => Err("the identity is assumed by AWS, which is not played".to_owned()),
        }
    }

    /// Checks a JWT against the keys registered for an identity.
    pub(crate) fn check_static(&self, keys: &StaticKeys, text: &str) -> Result<Claims, String> {
        let registered = PublicKeys::parse(&keys.issuer_keys)?;
        let claims = Token::parse(text)
            .ok_or("the token cannot be read")?
            .verify(&registered)
            .ok_or("the token's signature does not match the registered keys")?;
        if claims.issuer() != keys.issuer || claims.subject() != keys.subject {
            return Err("the token's issuer and subject are not the identity's".to_owned());
        }
        let audiences = claims.audiences();
        let fits = match keys.audiences.as_slice() {
            [] => audiences.iter().any(|audience| self.is_issuer_audience(audience)),
            only => !audiences.is_empty() && audiences.iter().all(|it| only.iter().any(|o| o == it)),
        };
        if !fits {
            return Err("the token's audience is not accepted".to_owned());
        }
        let now = self.now();
        if let Some(reason) = claims.out_of_date(now) {
            return Err(reason.to_owned());
        }
        check_expiration(keys, &claims, now)?;
        Ok(claims)
    }

    fn check_claims(&self, wanted: &ClaimMatch, claims: &Claims) -> Result<(), String> {
        let audiences = claims.audiences();
        let audience_fits = match &wanted.audience {
            None => audiences.iter().any(|audience| self.is_issuer_audience(audience)),
            Some(wanted) => audiences.iter().any(|audience| fits(wanted, audience)),
        };
        let custom = |name: &str| claims.text(name).unwrap_or_default().to_owned();
        let all_fit = fits(&wanted.issuer, claims.issuer())
            && fits(&wanted.subject, claims.subject())
            && audience_fits
            && wanted.claims.iter().all(|(name, value)| custom(name) == *value)
            && wanted.claim_patterns.iter().all(|(name, pattern)| whole(pattern, &custom(name)));
        if all_fit { Ok(()) } else { Err("the token's claims do not match the identity".to_owned()) }
    }
}

/// A token must not outlive the identity it stands for, and neither may be over.
fn check_expiration(keys: &StaticKeys, claims: &Claims, now: OffsetDateTime) -> Result<(), String> {
    if keys.expiration <= now {
        return Err("the identity is expired".to_owned());
    }
    let identity_ends = keys.expiration.unix_timestamp();
    if claims.expires_at().is_none_or(|token_ends| token_ends > identity_ends) {
        return Err("the token outlives its identity".to_owned());
    }
    Ok(())
}

fn fits(matcher: &Matcher, text: &str) -> bool {
    match matcher {
        Matcher::Exact(exact) => exact == text,
        Matcher::Pattern(pattern) => whole(pattern, text),
    }
}

/// Whether a pattern matches the whole text.
fn whole(pattern: &str, text: &str) -> bool {
    Regex::new(&format!("^(?:{pattern})$")).is_ok_and(|regex| regex.is_match(text))
}
