//! CircleCI: a variable holds a token for the organisation, and the `circleci` program gives others.

use pulltoken_core::jwt::UnverifiedJwt;
use pulltoken_core::{Error, ErrorCode, Result, Secret};
use serde_json::json;

use super::Job;
use crate::host::Host;

const VARIABLE: &str = "CIRCLE_OIDC_TOKEN_V2";
const CONTEXT: &str = "give the job a context (`context:` in the workflow): CircleCI gives ID tokens to jobs that use one, and none to pull requests from forks";

/// The variable's token if it is for this audience, else one that the program gives; without the
/// program the variable's all the same, since an identity may trust the organisation's audience.
pub(super) async fn token<H: Host>(host: &H, job: &Job<'_>, audience: &str) -> Result<(Secret, &'static str)> {
    let set = job.set(VARIABLE).map(Secret::new);
    if let Some(token) = set.clone().filter(|token| is_for(token, audience)) {
        return Ok((token, VARIABLE));
    }
    let claims = json!({"aud": audience}).to_string();
    match job.printed(host, "circleci", &["run", "oidc", "get", "--claims", &claims], CONTEXT).await? {
        Some(token) => Ok((token, "`circleci run oidc get`")),
        None => set.map(|token| (token, VARIABLE)).ok_or_else(|| {
            let message = format!("this CircleCI job has no ID token: {VARIABLE} is not set");
            Error::new(ErrorCode::NoCiToken, message).with_hint(CONTEXT)
        }),
    }
}

fn is_for(token: &Secret, audience: &str) -> bool {
    // Read only: the token goes nowhere from here.
    UnverifiedJwt::parse(token.expose().trim()).is_ok_and(|jwt| jwt.claims.audience.iter().any(|own| own == audience))
}
