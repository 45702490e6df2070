//! Where credentials come from: the first provider that has some good ones.
//!
//! [`find_here`] asks those that need no network, [`find_elsewhere`] the others.

mod cache;
mod elsewhere;
mod here;

pub use cache::{CachedPair, Origin, PairCache};
pub use elsewhere::{Elsewhere, MINTED_NAME, MINTED_TTL, Mint, Minted, find_elsewhere, origin};
pub use here::{Surroundings, find_here};

pub use pulltoken_core::api::REGISTRY_AUDIENCE;
use pulltoken_core::report::{self, InspectOptions};
use pulltoken_core::{Credentials, Ecosystem, Error, ErrorCode, Timestamp};
use serde::Serialize;

/// The username that stands beside such a session.
pub const SESSION_USERNAME: &str = "_token";
/// Clocks differ, and a credential has to last until it arrives.
pub const SKEW_SECONDS: i64 = 60;

/// Which provider a credential came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Flags or standard input.
    Explicit,
    /// `CHAINGUARD_<ECOSYSTEM>_IDENTITY_ID` and `…_TOKEN`.
    Environment,
    /// What an earlier run minted or borrowed, and kept.
    Cache,
    /// A session for the registry.
    Session,
    /// The CI job's own identity.
    Ci,
    /// A pull token made for the purpose.
    Mint,
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

/// Why no provider had anything: a reason each, in their order.
#[derive(Debug, Default)]
pub struct Reasons(Vec<String>);

impl Reasons {
    /// Takes note of a provider that had nothing.
    pub(crate) fn add(&mut self, told: &mut dyn FnMut(String), provider: &str, reason: String) {
        told(format!("{provider}: {reason}"));
        self.0.push(reason);
    }

    /// `no_credentials`, with all the reasons.
    pub fn into_error(self, ecosystem: Ecosystem) -> Error {
        let message = format!("no credentials for {ecosystem}: {}", self.0.join("; "));
        let hint = format!(
            "sign in with `pulltoken login`, or set {} and {}, for example with: eval $(pulltoken create --repository {ecosystem} -o env)",
            ecosystem.identity_variable(),
            ecosystem.token_variable()
        );
        Error::new(ErrorCode::NoCredentials, message).with_hint(hint)
    }
}

/// Takes a pair that is good now and so many seconds longer, or says why not.
fn judge(
    credentials: Credentials,
    ecosystem: Ecosystem,
    source: Source,
    now: Timestamp,
    seconds: i64,
) -> std::result::Result<Found, String> {
    let is_session = credentials.username == SESSION_USERNAME;
    let options = InspectOptions {
        ecosystem: Some(ecosystem),
        audience: is_session.then(|| REGISTRY_AUDIENCE.to_owned()),
        ..InspectOptions::default()
    };
    let report = report::inspect(&credentials, now, &options);
    if !report.state.is_usable() {
        let grave = report.problems.iter().find(|problem| problem.code.state() == Some(report.state));
        return Err(grave.map_or_else(|| report.state.to_string(), |problem| problem.message.clone()));
    }
    match report.seconds_left {
        Some(left) if left <= SKEW_SECONDS => Err("it expires within a minute".to_owned()),
        Some(left) if left <= seconds => Err(format!("it expires in {left} seconds, too soon for this command")),
        _ => Ok(Found { credentials, ecosystem, source, expires_at: report.expires_at }),
    }
}
