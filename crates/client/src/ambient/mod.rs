//! The token that a CI job is known by, wherever its system keeps it, and the session it is good for.
//!
//! Nothing is stored in the CI system: the job's own token says which repository and branch it runs
//! for, and an identity of the organisation trusts what it says. What stands in the way of a token is
//! said exactly, since a workflow that lacks a permission and a pull request from a fork that may not
//! have one call for different remedies.

mod asked;
mod azure;
mod bitbucket;
mod buildkite;
mod circleci;
mod fork;
mod github;
mod gitlab;
mod given;
mod job;
mod kubernetes;
mod session;
mod system;
#[cfg(test)]
mod tests;
mod token;

pub use job::{Job, Ran, Running};
pub use session::session;
pub use system::System;
pub use token::IdToken;

use pulltoken_core::{Error, ErrorCode, Result};

use crate::host::Host;

/// The job's token for an audience: one given by variable or file, else the CI system's own.
///
/// Some systems give every job the same audience; whether the token's is the one asked for is for
/// the issuer to judge.
///
/// # Errors
/// `no_ci_token` with what is missing; `file_unreadable`; `insecure_url` and `invalid_url` for a
/// service the token of which would travel openly; those of the network.
pub async fn id_token<H: Host>(host: &H, job: &Job<'_>, audience: &str) -> Result<IdToken> {
    let now = host.now();
    if let Some((text, place)) = given::token(job)? {
        return IdToken::read(&text, System::Given, &place, now);
    }
    let system = System::detect(job);
    let (text, place) = match system {
        Some(System::GitHub) => github::token(host, job, audience).await?,
        Some(System::GitLab) => return Err(gitlab::missing(job, audience)),
        Some(System::Buildkite) => buildkite::token(host, job, audience).await?,
        Some(System::CircleCi) => circleci::token(host, job, audience).await?,
        Some(System::Azure) => azure::token(host, job).await?,
        Some(System::Bitbucket) => bitbucket::token(job)?,
        Some(System::Jenkins | System::Kubernetes | System::Given) | None => match kubernetes::token(job)? {
            Some(found) => return IdToken::read(&found.0, System::Kubernetes, &found.1, now),
            None => return Err(none(system, audience)),
        },
    };
    IdToken::read(&text, system.unwrap_or(System::Given), place, now)
}

/// Why there is no token where no system hands one out by itself.
fn none(system: Option<System>, audience: &str) -> Error {
    match system {
        Some(System::Jenkins) => Error::new(
            ErrorCode::NoCiToken,
            "this Jenkins build has no ID token: PULLTOKEN_ID_TOKEN and PULLTOKEN_ID_TOKEN_FILE are not set",
        )
        .with_hint(format!(
            "bind a credential of the OpenID Connect Provider plugin with the audience {audience}: withCredentials([string(credentialsId: '…', variable: 'PULLTOKEN_ID_TOKEN')])"
        )),
        _ => Error::new(
            ErrorCode::NoCiToken,
            "there is no ID token here: PULLTOKEN_ID_TOKEN and PULLTOKEN_ID_TOKEN_FILE are not set, and no CI system that hands one out was recognised",
        )
        .with_hint(format!("put a token for the audience {audience} into PULLTOKEN_ID_TOKEN, or its path into PULLTOKEN_ID_TOKEN_FILE")),
    }
}
