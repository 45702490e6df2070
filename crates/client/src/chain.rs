//! Where credentials come from: the first provider that has some good ones.

use pulltoken_core::report::{self, InspectOptions};
use pulltoken_core::{Credentials, Ecosystem, Error, ErrorCode, Result, Secret, Timestamp};
use serde::Serialize;

use crate::session::SESSION_VARIABLE;

/// The audience of a session that opens the registry by itself.
pub const REGISTRY_AUDIENCE: &str = "libraries.cgr.dev";
/// The username that stands beside such a session.
pub const SESSION_USERNAME: &str = "_token";
/// Clocks differ, and a credential has to last until it arrives.
const SKEW_SECONDS: i64 = 60;

/// Which provider a credential came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Flags or standard input.
    Explicit,
    /// `CHAINGUARD_<ECOSYSTEM>_IDENTITY_ID` and `…_TOKEN`.
    Environment,
    /// A session for the registry.
    Session,
}

/// Credentials, and where they came from.
#[derive(Clone, Debug)]
pub struct Found {
    /// The pair.
    pub credentials: Credentials,
    /// What it opens.
    pub ecosystem: Ecosystem,
    /// The provider.
    pub source: Source,
    /// When it expires, if it says so.
    pub expires_at: Option<Timestamp>,
}

/// What the providers look at.
pub struct Surroundings<'a> {
    /// A pair given by flag and standard input.
    pub explicit: Option<Credentials>,
    /// The environment.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// The present moment.
    pub now: Timestamp,
}

/// Asks one provider after the other. `told` hears what came of each, never a secret.
///
/// An explicit pair is taken as it is or not at all; one from elsewhere that is expired, about to
/// expire or unusable is passed over.
///
/// # Errors
/// `no_credentials` naming what is missing, or what is wrong with what was found;
/// `credentials_unusable` for an explicit pair.
pub fn find(ecosystem: Ecosystem, around: &Surroundings<'_>, told: &mut dyn FnMut(String)) -> Result<Found> {
    if let Some(credentials) = &around.explicit {
        let found = judge(credentials.clone(), ecosystem, Source::Explicit, around.now);
        return found.map_err(|why| {
            Error::new(ErrorCode::CredentialsUnusable, format!("the credentials given cannot be used: {why}"))
        });
    }
    let mut reasons = Vec::new();
    for (name, outcome) in [("environment", environment(ecosystem, around)), ("session", session(ecosystem, around))] {
        match outcome {
            Ok(found) => {
                told(format!("{name}: used"));
                return Ok(found);
            }
            Err(reason) => {
                told(format!("{name}: {reason}"));
                reasons.push(reason);
            }
        }
    }
    let message = format!("no credentials for {ecosystem}: {}", reasons.join("; "));
    let hint = format!(
        "set {} and {}, for example with: eval $(pulltoken create --repository {ecosystem} -o env)",
        ecosystem.identity_variable(),
        ecosystem.token_variable()
    );
    Err(Error::new(ErrorCode::NoCredentials, message).with_hint(hint))
}

fn environment(ecosystem: Ecosystem, around: &Surroundings<'_>) -> std::result::Result<Found, String> {
    let get = |name: &str| (around.variable)(name).filter(|value| !value.is_empty());
    let (identity, token) = (ecosystem.identity_variable(), ecosystem.token_variable());
    match (get(identity), get(token)) {
        (Some(username), Some(password)) => {
            let credentials = Credentials::new(username, Secret::new(password));
            judge(credentials, ecosystem, Source::Environment, around.now)
                .map_err(|why| format!("{token} cannot be used: {why}"))
        }
        (None, None) => Err(format!("{identity} and {token} are not set")),
        (Some(_), None) => Err(format!("{identity} is set, {token} is not")),
        (None, Some(_)) => Err(format!("{token} is set, {identity} is not")),
    }
}

fn session(ecosystem: Ecosystem, around: &Surroundings<'_>) -> std::result::Result<Found, String> {
    let token = (around.variable)(SESSION_VARIABLE)
        .filter(|value| !value.is_empty())
        .ok_or_else(|| format!("{SESSION_VARIABLE} is not set"))?;
    let session =
        crate::session::Session::new(Secret::new(token), around.now).map_err(|error| error.message().to_owned())?;
    if !session.is_for(REGISTRY_AUDIENCE) {
        return Err(format!("{SESSION_VARIABLE} is not for {REGISTRY_AUDIENCE}"));
    }
    judge(Credentials::new(SESSION_USERNAME, session.token().clone()), ecosystem, Source::Session, around.now)
}

/// Takes a pair that is good now and a little longer, or says why not.
fn judge(
    credentials: Credentials,
    ecosystem: Ecosystem,
    source: Source,
    now: Timestamp,
) -> std::result::Result<Found, String> {
    let options = InspectOptions {
        ecosystem: Some(ecosystem),
        audience: (source == Source::Session).then(|| REGISTRY_AUDIENCE.to_owned()),
        ..InspectOptions::default()
    };
    let report = report::inspect(&credentials, now, &options);
    if !report.state.is_usable() {
        let grave = report.problems.iter().find(|problem| problem.code.state() == Some(report.state));
        return Err(grave.map_or_else(|| report.state.to_string(), |problem| problem.message.clone()));
    }
    if report.seconds_left.is_some_and(|left| left <= SKEW_SECONDS) {
        return Err("it expires within a minute".to_owned());
    }
    Ok(Found { credentials, ecosystem, source, expires_at: report.expires_at })
}
