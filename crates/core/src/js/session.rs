//! A session as JavaScript gets it.

use serde::Serialize;

use super::secret::{expose, expose_some};
use crate::api::refresh;
use crate::error::{Error, ErrorCode, Result};
use crate::jwt::UnverifiedJwt;
use crate::secret::Secret;
use crate::timestamp::Timestamp;

/// A session and what renews it.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct SessionFields {
    /// What it opens.
    pub audience: String,
    /// Whose it is, as the session itself says.
    pub subject: Option<String>,
    /// When the access token ends.
    #[cfg_attr(feature = "ts", ts(type = "Date | null"))]
    pub expires_at: Option<Timestamp>,
    /// When it cannot be renewed any more, if the refresh token says so.
    #[cfg_attr(feature = "ts", ts(type = "Date | null"))]
    pub renewable_until: Option<Timestamp>,
    /// The access token.
    #[serde(serialize_with = "expose")]
    #[cfg_attr(feature = "ts", ts(as = "String"))]
    pub token: Secret,
    /// What renews it, once; absent where the issuer gave none.
    #[serde(serialize_with = "expose_some")]
    #[cfg_attr(feature = "ts", ts(as = "Option<String>"))]
    pub refresh_token: Option<Secret>,
}

impl SessionFields {
    /// A session as an issuer gave it.
    ///
    /// # Errors
    /// `session_unusable` for what is no JSON Web Token.
    pub fn new(audience: String, token: Secret, refresh_token: Option<Secret>) -> Result<Self> {
        // Read only: the token goes nowhere from here.
        let jwt = UnverifiedJwt::parse(token.expose())
            .map_err(|_| Error::new(ErrorCode::SessionUnusable, "the issuer's token is not a JSON Web Token"))?;
        Ok(Self {
            audience,
            subject: jwt.claims.subject,
            expires_at: jwt.claims.expires_at,
            renewable_until: refresh_token.as_ref().and_then(refresh::expiry),
            token,
            refresh_token,
        })
    }
}
