//! Sessions that are kept between runs: what is stored of one, where, and how it is renewed.
//!
//! A stored session belongs to one [`Place`] and is passed over for any other, so that an address
//! changed by an environment variable never receives what another address gave.

mod renew;
mod text;

pub use renew::{fresh, renew, renewed};

use pulltoken_core::api::refresh;
use pulltoken_core::jwt::UnverifiedJwt;
use pulltoken_core::{BaseUrl, Error, Result, Secret, Timestamp};

use crate::client::Endpoints;
use crate::host::{BoxFuture, MaySend, Shared};
use crate::session::Session;

/// Where a session came from and where it may go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The API.
    pub api: BaseUrl,
    /// The issuer.
    pub issuer: BaseUrl,
    /// The registry.
    pub registry: BaseUrl,
    /// Connections that are made elsewhere, as `HOST:PORT:ADDRESS:PORT`.
    pub connect_to: Vec<String>,
}

impl Place {
    /// The place that these addresses make.
    pub fn new(endpoints: &Endpoints, connect_to: Vec<String>) -> Self {
        let Endpoints { api, issuer, registry } = endpoints.clone();
        Self { api, issuer, registry, connect_to }
    }

    /// A text that is the same for this place and audience alone: what a store files a session under.
    pub fn key(&self, audience: &str) -> String {
        let mut key = [self.api.as_str(), self.issuer.as_str(), self.registry.as_str(), audience].join("\n");
        for way in &self.connect_to {
            key.push('\n');
            key.push_str(way);
        }
        key
    }
}

/// A session with what renews it.
#[derive(Clone, Debug)]
pub struct StoredSession {
    /// What it opens.
    pub audience: String,
    /// The access token.
    pub token: Secret,
    /// When the access token ends.
    pub expires_at: Option<Timestamp>,
    /// What renews it, until it is used.
    pub refresh_token: Option<Secret>,
}

impl StoredSession {
    /// A session as an issuer gave it.
    ///
    /// # Errors
    /// `session_unusable` for what is no JSON Web Token.
    pub fn new(audience: impl Into<String>, token: Secret, refresh_token: Option<Secret>) -> Result<Self> {
        // Read only: the token goes nowhere from here.
        let jwt = UnverifiedJwt::parse(token.expose()).map_err(|_| {
            Error::new(pulltoken_core::ErrorCode::SessionUnusable, "the issuer's token is not a JSON Web Token")
        })?;
        Ok(Self { audience: audience.into(), token, expires_at: jwt.claims.expires_at, refresh_token })
    }

    /// Whether the access token is good for so long.
    pub fn lasts(&self, now: Timestamp, seconds: i64) -> bool {
        self.expires_at.is_none_or(|end| end.seconds_since(now) > seconds)
    }

    /// Whether there is something to renew it with that has not ended itself.
    pub fn can_be_renewed(&self, now: Timestamp) -> bool {
        self.refresh_token.as_ref().is_some_and(|token| refresh::expiry(token).is_none_or(|end| end > now))
    }

    /// When what renews it ends, if it says so.
    pub fn renewable_until(&self) -> Option<Timestamp> {
        self.refresh_token.as_ref().and_then(refresh::expiry)
    }

    /// The session itself.
    ///
    /// # Errors
    /// `session_expired`, `session_unusable`.
    pub fn session(&self, now: Timestamp) -> Result<Session> {
        Session::new(self.token.clone(), now)
    }
}

/// Keeps sessions between runs.
pub trait SessionStore: Shared {
    /// The session of a place and audience, whoever else may be writing at the moment.
    ///
    /// # Errors
    /// `file_unreadable`; what cannot be understood is no session.
    fn load(&self, place: &Place, audience: &str) -> Result<Option<StoredSession>>;

    /// Waits until nobody else holds the session, and keeps others waiting until the lock is dropped.
    ///
    /// # Errors
    /// `file_unwritable`.
    fn lock<'a>(&'a self, place: &'a Place, audience: &'a str) -> BoxFuture<'a, Result<Box<dyn LockedSession + 'a>>>;
}

/// A session that nobody else changes meanwhile.
pub trait LockedSession: MaySend {
    /// What is stored now.
    ///
    /// # Errors
    /// `file_unreadable`.
    fn load(&self) -> Result<Option<StoredSession>>;
    /// Stores a session so that it survives the machine going down now.
    ///
    /// # Errors
    /// `file_unwritable`.
    fn save(&mut self, session: &StoredSession) -> Result<()>;
    /// Forgets it; whether there was one.
    ///
    /// # Errors
    /// `file_unwritable`.
    fn remove(&mut self) -> Result<bool>;
}
