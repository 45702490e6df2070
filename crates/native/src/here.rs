//! The part of the provider chain that needs no network: the environment, what was kept, what is stored.

use pulltoken_client::chain::{self, CachedPair, Found, Origin, PairCache as _, Reasons, Surroundings};
use pulltoken_client::create::Parent;
use pulltoken_client::session::{SESSION_VARIABLE, Session};
use pulltoken_core::{Result, Secret, Timestamp};

use crate::pair_cache::FilePairs;
use crate::search::Wanted;
use crate::user_sessions::UserSessions;

/// Where to look without asking anybody.
pub struct Here<'a> {
    /// What the user has stored. A job without a home folder has nothing, and may have credentials all
    /// the same.
    pub sessions: &'a Result<UserSessions>,
    /// A variable of the environment, if it is set to a text.
    pub variable: &'a (dyn Fn(&str) -> Option<String> + Sync),
    /// What time it is.
    pub now: Timestamp,
}

impl<'a> Here<'a> {
    /// Asks each provider in turn.
    ///
    /// # Errors
    /// The reasons of those that had nothing, inside `Ok`; `credentials_unusable` for an explicit pair.
    pub fn find(
        &self,
        wanted: &Wanted<'_>,
        told: &mut dyn FnMut(String),
    ) -> Result<std::result::Result<Found, Reasons>> {
        let around = Surroundings {
            explicit: wanted.explicit.clone(),
            variable: self.variable,
            cached: &|| self.kept(wanted),
            stored: &|| self.stored()?.load(chain::REGISTRY_AUDIENCE),
            now: self.now,
            seconds: wanted.seconds,
        };
        chain::find_here(wanted.ecosystem, &around, told)
    }

    /// What an earlier run kept, unless somebody else is named.
    fn kept(&self, wanted: &Wanted<'_>) -> Result<Option<CachedPair>> {
        let sessions = self.stored()?;
        if wanted.identity.is_some() {
            return Ok(None);
        }
        let session = self.by_variable().unwrap_or(None);
        let pair = FilePairs::of_user()?.load(&sessions.place, wanted.ecosystem)?;
        Ok(pair.filter(|pair| {
            let Origin { parent, subject } = &pair.origin;
            let same_session =
                session.as_ref().is_none_or(|session| chain::origin(session, &Parent::Only).subject == *subject);
            same_session && wanted.parent.is_none_or(|wanted| wanted == parent)
        }))
    }

    pub(crate) fn stored(&self) -> Result<&'a UserSessions> {
        self.sessions.as_ref().map_err(Clone::clone)
    }

    pub(crate) fn by_variable(&self) -> Result<Option<Session>> {
        self.session_variable().map(|token| Session::new(Secret::new(token), self.now)).transpose()
    }

    pub(crate) fn session_variable(&self) -> Option<String> {
        (self.variable)(SESSION_VARIABLE).filter(|token| !token.is_empty())
    }
}
