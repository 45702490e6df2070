//! The providers that need no network.

use pulltoken_core::{Credentials, Ecosystem, Error, ErrorCode, Result, Secret, Timestamp};

use super::{CachedPair, Found, REGISTRY_AUDIENCE, Reasons, SESSION_USERNAME, SKEW_SECONDS, Source, judge};
use crate::session::{SESSION_VARIABLE, Session};
use crate::stored::StoredSession;

/// What the providers look at.
pub struct Surroundings<'a> {
    /// A pair given by flag and standard input.
    pub explicit: Option<Credentials>,
    /// The environment.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// What an earlier run kept for this ecosystem.
    pub cached: &'a dyn Fn() -> Result<Option<CachedPair>>,
    /// The stored session for the registry.
    pub stored: &'a dyn Fn() -> Result<Option<StoredSession>>,
    /// The present moment.
    pub now: Timestamp,
    /// For how long the credential is needed.
    pub seconds: i64,
}

/// Asks one provider after the other. `told` hears what came of each, never a secret.
///
/// An explicit pair is taken as it is or not at all; one from elsewhere that is expired, about to
/// expire or unusable is passed over.
///
/// # Errors
/// The reasons of those that had nothing, inside `Ok`; `credentials_unusable` for an explicit pair.
pub fn find_here(
    ecosystem: Ecosystem,
    around: &Surroundings<'_>,
    told: &mut dyn FnMut(String),
) -> Result<std::result::Result<Found, Reasons>> {
    if let Some(credentials) = &around.explicit {
        let found = judge(credentials.clone(), ecosystem, Source::Explicit, around.now, SKEW_SECONDS);
        return match found {
            Ok(found) => Ok(Ok(found)),
            Err(why) => {
                let message = format!("the credentials given cannot be used: {why}");
                Err(Error::new(ErrorCode::CredentialsUnusable, message))
            }
        };
    }
    let mut reasons = Reasons::default();
    type Provider = fn(Ecosystem, &Surroundings<'_>) -> std::result::Result<Found, String>;
    let providers: [(&str, Provider); 3] = [("environment", environment), ("cache", cache), ("session", session)];
    for (name, ask) in providers {
        match ask(ecosystem, around) {
            Ok(found) => {
                told(format!("{name}: used"));
                return Ok(Ok(found));
            }
            Err(reason) => reasons.add(told, name, reason),
        }
    }
    Ok(Err(reasons))
}

fn environment(ecosystem: Ecosystem, around: &Surroundings<'_>) -> std::result::Result<Found, String> {
    let get = |name: &str| (around.variable)(name).filter(|value| !value.is_empty());
    let (identity, token) = (ecosystem.identity_variable(), ecosystem.token_variable());
    match (get(identity), get(token)) {
        (Some(username), Some(password)) => {
            let credentials = Credentials::new(username, Secret::new(password));
            judge(credentials, ecosystem, Source::Environment, around.now, SKEW_SECONDS)
                .map_err(|why| format!("{token} cannot be used: {why}"))
        }
        (None, None) => Err(format!("{identity} and {token} are not set")),
        (Some(_), None) => Err(format!("{identity} is set, {token} is not")),
        (None, Some(_)) => Err(format!("{token} is set, {identity} is not")),
    }
}

fn cache(ecosystem: Ecosystem, around: &Surroundings<'_>) -> std::result::Result<Found, String> {
    match (around.cached)() {
        Ok(Some(pair)) => judge(pair.credentials, ecosystem, Source::Cache, around.now, around.seconds)
            .map_err(|why| format!("what was kept cannot be used: {why}")),
        Ok(None) => Err("nothing was kept".to_owned()),
        Err(error) => Err(error.message().to_owned()),
    }
}

/// A session by variable counts alone: whoever sets one does not want another's.
fn session(ecosystem: Ecosystem, around: &Surroundings<'_>) -> std::result::Result<Found, String> {
    if let Some(token) = (around.variable)(SESSION_VARIABLE).filter(|value| !value.is_empty()) {
        let session = Session::new(Secret::new(token), around.now).map_err(|error| error.message().to_owned())?;
        if !session.is_for(REGISTRY_AUDIENCE) {
            return Err(format!("{SESSION_VARIABLE} is not for {REGISTRY_AUDIENCE}"));
        }
        let credentials = Credentials::new(SESSION_USERNAME, session.token().clone());
        return judge(credentials, ecosystem, Source::Session, around.now, SKEW_SECONDS);
    }
    match (around.stored)() {
        Ok(Some(stored)) if stored.lasts(around.now, around.seconds) => {
            let credentials = Credentials::new(SESSION_USERNAME, stored.token);
            judge(credentials, ecosystem, Source::Session, around.now, around.seconds)
        }
        Ok(Some(_)) => Err("the stored session has to be renewed".to_owned()),
        Ok(None) => Err(format!("{SESSION_VARIABLE} is not set, and nobody is signed in")),
        Err(error) => Err(error.message().to_owned()),
    }
}
