//! A session of the platform: the token that lets a person or a job call the API.

use pulltoken_core::jwt::UnverifiedJwt;
use pulltoken_core::{Error, ErrorCode, Result, Secret, Timestamp};

/// The variable that holds a session until one is stored by signing in.
pub const SESSION_VARIABLE: &str = "PULLTOKEN_SESSION_TOKEN";

/// A session that looks usable: a JWT that has not expired. Only the server knows the rest.
#[derive(Clone, Debug)]
pub struct Session {
    token: Secret,
    audience: Vec<String>,
}

impl Session {
    /// Takes a token if it can be one that is still good at `now`.
    ///
    /// # Errors
    /// `not_signed_in` for an empty text, `session_unusable` for what is no JWT, `session_expired`.
    pub fn new(token: Secret, now: Timestamp) -> Result<Self> {
        if token.is_empty() {
            return Err(Error::new(ErrorCode::NotSignedIn, "there is no session"));
        }
        // Read only: the token goes nowhere from here.
        let jwt = UnverifiedJwt::parse(token.expose())
            .map_err(|_| Error::new(ErrorCode::SessionUnusable, "the session is not a JSON Web Token"))?;
        if let Some(expiry) = jwt.claims.expires_at.filter(|expiry| *expiry <= now) {
            return Err(Error::new(ErrorCode::SessionExpired, format!("the session expired at {expiry}")));
        }
        Ok(Self { token, audience: jwt.claims.audience })
    }

    /// The token.
    pub fn token(&self) -> &Secret {
        &self.token
    }

    /// Whether the token is meant for a service, by one of its names.
    pub fn is_for(&self, audience: &str) -> bool {
        self.audience.iter().any(|own| own == audience)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // {"alg":"none"} . {"aud":"a","exp":1000} . "sig"
    const TOKEN: &str = "eyJhbGciOiJub25lIn0.eyJhdWQiOiJhIiwiZXhwIjoxMDAwfQ.c2ln";

    #[test]
    fn an_expired_session_is_not_sent() {
        let at = |seconds| Session::new(Secret::new(TOKEN), Timestamp::from_unix_seconds(seconds).unwrap());
        assert!(at(999).unwrap().is_for("a"));
        assert_eq!(at(1000).unwrap_err().code(), ErrorCode::SessionExpired);
        let now = Timestamp::from_unix_seconds(0).unwrap();
        assert_eq!(Session::new(Secret::new(""), now).unwrap_err().code(), ErrorCode::NotSignedIn);
        assert_eq!(Session::new(Secret::new("a\nb"), now).unwrap_err().code(), ErrorCode::SessionUnusable);
    }
}
