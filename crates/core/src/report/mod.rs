//! What can be said of a credential by looking at it, at a given time: no signature is checked and
//! nobody is asked.
//!
//! [`inspect`] never fails. It reads the pair as it stands, names every problem it meets, and the
//! gravest of them decides the state. Beneath a mistake in writing (quotes, a line break) it reads
//! on, so that a quoted token that has also expired is reported as both.

mod options;
mod problem;
mod roles;
mod span;
mod spelling;
mod state;
mod token;
mod username;

pub use options::InspectOptions;
pub use problem::{Problem, ProblemCode};
pub use roles::judge_roles;
pub use state::{Kind, State};

use serde::Serialize;

use crate::credentials::Credentials;
use crate::timestamp::Timestamp;
use spelling::Pair;
use username::Username;

/// What a look at a credential tells. In JSON the names are in camelCase, times are RFC 3339 in
/// UTC, and what is unknown is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct CredentialReport {
    /// What the password is.
    pub kind: Kind,
    /// The verdict: the gravest that applies.
    pub state: State,
    /// When the password stops working.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional, type = "Date"))]
    pub expires_at: Option<Timestamp>,
    /// Seconds from the given time to `expiresAt`, rounded down; negative once it has passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional, type = "number"))]
    pub seconds_left: Option<i64>,
    /// The password's `iss` claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// The password's `sub` claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The password's `aud` claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<Vec<String>>,
    /// Everything that is wrong, or soon will be, in the order in which it was found.
    pub problems: Vec<Problem>,
}

/// Reports on a pair at the time `now`.
pub fn inspect(credentials: &Credentials, now: Timestamp, options: &InspectOptions) -> CredentialReport {
    let mut problems = Vec::new();
    let pair = Pair::read(credentials, &mut problems);
    let username = Username::read(pair.username());
    let token = token::read(pair.password(), &mut problems);
    let kind = token.as_ref().map_or(Kind::Unknown, |token| token::kind(token, &username, options));

    username::judge(&username, kind, options, &mut problems);
    if let Some(token) = &token {
        token::judge_algorithm(token, kind, &mut problems);
        token::judge_times(&token.claims, now, options, &mut problems);
        token::judge_audience(&token.claims, kind, options, &mut problems);
    }

    let claims = token.map(|token| token.claims).unwrap_or_default();
    CredentialReport {
        kind,
        state: problems.iter().filter_map(|problem| problem.code.state()).min().unwrap_or(State::Valid),
        expires_at: claims.expires_at,
        seconds_left: claims.expires_at.map(|end| end.seconds_since(now)),
        issuer: claims.issuer,
        subject: claims.subject,
        audience: (!claims.audience.is_empty()).then_some(claims.audience),
        problems,
    }
}

#[cfg(test)]
mod tests;
