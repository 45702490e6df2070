//! Bitbucket Pipelines: a step that asks for it finds a token in a variable.

use pulltoken_core::{Error, ErrorCode, Result, Secret};

use super::Job;

const VARIABLE: &str = "BITBUCKET_STEP_OIDC_TOKEN";

/// The step's token.
pub(super) fn token(job: &Job<'_>) -> Result<(Secret, &'static str)> {
    match job.set(VARIABLE) {
        Some(token) => Ok((Secret::new(token), VARIABLE)),
        None => Err(Error::new(
            ErrorCode::NoCiToken,
            format!("`oidc: true` is missing from this Bitbucket step: {VARIABLE} is not set"),
        )
        .with_hint("add `oidc: true` to the step in bitbucket-pipelines.yml")),
    }
}
