//! Buildkite: the agent asks for a token.

use pulltoken_core::{Error, ErrorCode, Result, Secret};

use super::Job;
use crate::host::Host;

const AGENT: &str = "buildkite-agent";

/// Asks the agent.
pub(super) async fn token<H: Host>(host: &H, job: &Job<'_>, audience: &str) -> Result<(Secret, &'static str)> {
    let arguments = ["oidc", "request-token", "--audience", audience];
    let refused = "check that the agent is recent and that the organisation allows OIDC tokens";
    match job.printed(host, AGENT, &arguments, refused).await? {
        Some(token) => Ok((token, "the Buildkite agent")),
        None => Err(Error::new(ErrorCode::NoCiToken, format!("`{AGENT}` is not in PATH, and only it can ask for an ID token"))
            .with_hint("in a container, have it mounted: the docker plugin's `mount-buildkite-agent: true` and `propagate-environment: true`")),
    }
}
