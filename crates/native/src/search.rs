//! The provider chain on a machine: its environment, what its user stored and kept, its CI job.

use pulltoken_client::ambient::{self, Job};
use pulltoken_client::chain::{self, Elsewhere, Found, Mint, Minted, Reasons};
use pulltoken_client::client::Endpoints;
use pulltoken_client::create::Parent;
use pulltoken_client::host::{BoxFuture, Host};
use pulltoken_client::session::Session;
use pulltoken_client::stored::StoredSession;
use pulltoken_core::{Credentials, Description, Ecosystem, Error, ErrorCode, Result, Ttl, Uidp};

use crate::here::Here;
use crate::user_sessions::UserSessions;

/// Where to look.
pub struct Search<'a, H> {
    /// Network, clock, chance and keys.
    pub host: &'a H,
    /// The platform's addresses.
    pub endpoints: &'a Endpoints,
    /// What the user has stored. A job without a home folder has nothing, and may have credentials all
    /// the same.
    pub sessions: &'a Result<UserSessions>,
    /// The environment, and what tells which CI job this is.
    pub job: &'a Job<'a>,
}

/// What is wanted.
pub struct Wanted<'a> {
    /// What the credentials are to open.
    pub ecosystem: Ecosystem,
    /// A pair that is taken as it is, or refused.
    pub explicit: Option<Credentials>,
    /// The identity that the CI job may act as.
    pub identity: Option<&'a Uidp>,
    /// The organisation, where one was named: kept pairs of another are passed over.
    pub parent: Option<&'a str>,
    /// In which organisation and for how long a token may be made.
    pub mint: Option<(Parent, Ttl)>,
    /// For how long the credentials are needed.
    pub seconds: i64,
}

impl Wanted<'_> {
    /// Whatever opens this for so many seconds.
    pub fn for_so_long(ecosystem: Ecosystem, seconds: i64) -> Self {
        Self { ecosystem, explicit: None, identity: None, parent: None, mint: None, seconds }
    }
}

impl<'a, H: Host> Search<'a, H> {
    /// Asks the providers that need no network.
    ///
    /// # Errors
    /// The reasons of those that had nothing, inside `Ok`; `credentials_unusable` for an explicit pair.
    pub fn here(
        &self,
        wanted: &Wanted<'_>,
        told: &mut dyn FnMut(String),
    ) -> Result<std::result::Result<Found, Reasons>> {
        self.near().find(wanted, told)
    }

    /// Asks those behind the network, and goes on with the reasons of the others.
    ///
    /// # Errors
    /// `no_credentials` with every reason; what making a token, or the CI job's identity, failed with.
    pub async fn elsewhere(
        &self,
        wanted: &Wanted<'_>,
        reasons: Reasons,
        told: &mut (dyn FnMut(String) + Send),
        interrupt: impl Future<Output = ()> + Unpin,
    ) -> Result<(Found, Option<Minted>)> {
        let sessions = self.stored()?;
        let ci = || -> BoxFuture<'_, Result<StoredSession>> {
            Box::pin(async {
                let unnamed = || Error::new(ErrorCode::NoCiToken, "no identity was named");
                let identity = wanted.identity.ok_or_else(unnamed)?;
                let issuer = &self.endpoints.issuer;
                ambient::session(self.host, issuer, self.job, identity, chain::REGISTRY_AUDIENCE).await
            })
        };
        let session = || -> BoxFuture<'_, Result<Session>> { Box::pin(self.api_session()) };
        let mint = match &wanted.mint {
            None => None,
            Some((parent, ttl)) => Some(Mint {
                session: &session,
                parent: parent.clone(),
                ttl: *ttl,
                stamp: Description::parse(&format!("made for {} by pulltoken, just in time", wanted.ecosystem))?,
            }),
        };
        let counts = self.stored_counts();
        let around = Elsewhere {
            host: self.host,
            endpoints: self.endpoints,
            place: &sessions.place,
            sessions: counts.then_some(&sessions.own as _),
            vendor: sessions.vendor.as_ref().filter(|_| counts).map(|vendor| vendor as _),
            ci: wanted.identity.is_some().then_some(&ci as _),
            mint,
            seconds: wanted.seconds,
        };
        chain::find_elsewhere(wanted.ecosystem, &around, reasons, told, interrupt).await
    }

    /// A session for the API: the one given by variable, which counts alone, else the stored one.
    ///
    /// # Errors
    /// `not_signed_in`, `session_expired`, `session_unusable`; those of renewing it.
    pub async fn api_session(&self) -> Result<Session> {
        if let Some(session) = self.near().by_variable()? {
            return Ok(session);
        }
        match self.stored()?.fresh(self.host, self.endpoints.api.as_str(), chain::SKEW_SECONDS).await? {
            Some(stored) => stored.session(self.host.now()),
            None => Err(Error::new(ErrorCode::NotSignedIn, "nobody is signed in")),
        }
    }

    /// Whether what is stored counts: not where a session is given by variable. Only what comes of a
    /// stored session may be kept.
    pub fn stored_counts(&self) -> bool {
        self.near().session_variable().is_none()
    }

    fn near(&self) -> Here<'a> {
        Here { sessions: self.sessions, variable: self.job.variable, now: self.host.now() }
    }

    fn stored(&self) -> Result<&'a UserSessions> {
        self.near().stored()
    }
}
