//! Whose token it is that was presented for an exchange.

use regex::Regex;
use time::OffsetDateTime;

use crate::jose::{Claims, PublicKeys, Token};
use crate::problem::Problem;
use crate::seed::PEOPLE;
use crate::state::Shared;
use crate::world::{ClaimMatch, Identity, Matcher, StaticKeys, Uidp, User};

/// The person a trusted provider's ID token speaks of.
pub(crate) struct Person {
    pub(crate) id: Uidp,
    pub(crate) email: Option<String>,
}

/// Why a token is exchanged for nothing.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// It is not a token to be believed, or not one for this issuer.
    Token(String),
    /// It is a good token of somebody who may not be the identity.
    Claims(String),
    /// It is a good token of somebody unheard of.
    NotRegistered,
}

impl Refusal {
    pub(crate) fn into_problem(self) -> Problem {
        let refused = |reason: &str| format!("token exchange refused: {reason}");
        match self {
            Self::Token(reason) => Problem::unauthenticated(refused(&reason)),
            Self::Claims(reason) => Problem::denied(refused(&reason)),
            Self::NotRegistered => Problem::unauthenticated(refused("nobody is registered with this token's subject")),
        }
    }
}

impl From<String> for Refusal {
    fn from(reason: String) -> Self {
        Self::Token(reason)
    }
}

impl Shared {
    /// Checks an ID token of a trusted provider: signature, time.
    pub(crate) fn check_id_token(&self, text: &str) -> Result<Claims, String> {
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
    pub(crate) fn person_of(&self, text: &str) -> Result<Person, Refusal> {
        let claims = self.check_id_token(text)?;
        if !self.is_for_sign_in(&claims) {
            return Err(Refusal::Token("the token is not for this issuer".to_owned()));
        }
        let id = self.user_of(&claims);
        let email = self.world().users.get(&id).map(|user| user.email.clone()).ok_or(Refusal::NotRegistered)?;
        Ok(Person { id, email: Some(claims.text("email").map_or(email, str::to_owned)) })
    }

    /// Makes the person of a good ID token known, without any role.
    pub(crate) fn register(&self, text: &str) -> Result<(), Refusal> {
        let claims = self.check_id_token(text)?;
        let user = User {
            email: claims.text("email").unwrap_or_default().to_owned(),
            issuer: claims.issuer().to_owned(),
            subject: claims.subject().to_owned(),
        };
        let id = self.user_of(&claims);
        self.world().users.entry(id).or_insert(user);
        Ok(())
    }

    /// Whether an ID token was made for signing in here: for this issuer, or for a client of the
    /// provider that people sign in with.
    fn is_for_sign_in(&self, claims: &Claims) -> bool {
        let audiences = claims.audiences();
        audiences.iter().any(|audience| self.is_issuer_audience(audience))
            // Its own provider gives ID tokens to whoever asks with a device code, and nothing else.
            || self.issuer_urls().iter().any(|url| url == claims.issuer())
            || self.sign_in.oidc.as_ref().is_some_and(|oidc| {
                oidc.is_issuer(claims.issuer()) && audiences.iter().any(|audience| oidc.is_client(audience))
            })
    }

    /// The id of the person whom an ID token speaks of. People who sign in with the issuer's own
    /// provider, or with an external one under the same subject or address, are the simulator's.
    fn user_of(&self, claims: &Claims) -> Uidp {
        let (issuer, subject) = (claims.issuer(), claims.subject());
        if self.issuer_urls().iter().any(|url| url == issuer) {
            return Uidp::of_user(PEOPLE, subject);
        }
        let external = self.sign_in.oidc.as_ref().is_some_and(|oidc| oidc.is_issuer(issuer));
        let address = claims.text("email").filter(|_| claims.flag("email_verified") != Some(false));
        let world = self.world();
        let known =
            world.users.iter().filter(|(_, user)| external && user.issuer == PEOPLE).find(|(_, user)| {
                user.subject == subject || user.email == subject || Some(user.email.as_str()) == address
            });
        known.map_or_else(|| Uidp::of_user(issuer, subject), |(id, _)| id.clone())
    }

    /// Whether a token entitles its holder to be `identity`; the error says why not.
    pub(crate) fn may_assume(&self, identity: &Identity, text: &str) -> Result<(), Refusal> {
        use crate::world::Relationship::{Aws, ClaimMatch, Static};
        match &identity.relationship {
            Static(keys) => self.check_static(keys, text).map(|_| ()).map_err(Refusal::Token),
            ClaimMatch(wanted) => {
                let claims = self.check_id_token(text)?;
                self.check_claims(wanted, &claims).map_err(Refusal::Claims)
            }
            Aws(_) => Err(Refusal::Claims("the identity is assumed by AWS, which is not played".to_owned())),
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
        let all_fit = fits(&wanted.issuer, claims.issuer())
            && fits(&wanted.subject, claims.subject())
            && audience_fits
            && wanted.claims.iter().all(|(name, value)| claims.text(name) == Some(value))
            && wanted
                .claim_patterns
                .iter()
                .all(|(name, pattern)| claims.text(name).is_some_and(|it| whole(pattern, it)));
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
