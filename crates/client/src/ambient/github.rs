//! GitHub Actions: a service on the runner gives a token for any audience.

use pulltoken_core::http::{Method, Request};
use pulltoken_core::{Error, ErrorCode, Result, Secret};
use serde::Deserialize;

use super::asked::{address, ask, with_parameter};
use super::fork::Origin;
use super::{Job, System};
use crate::host::Host;

const URL: &str = "ACTIONS_ID_TOKEN_REQUEST_URL";
const TOKEN: &str = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";

const PERMISSION: &str = "add `permissions: {contents: read, id-token: write}` to the job; a reusable workflow needs it where it is called, too";
const EXPIRED: &str = "what the job asks with may have expired: ask nearer to the start of the job";

#[derive(Deserialize)]
struct Answer {
    value: Secret,
}

/// Asks the runner's service.
pub(super) async fn token<H: Host>(host: &H, job: &Job<'_>, audience: &str) -> Result<(Secret, &'static str)> {
    let (Some(url), Some(bearer)) = (job.set(URL), job.set(TOKEN)) else { return Err(missing(job)) };
    let url = with_parameter(address(URL, &url)?, "audience", audience);
    // Sent to the service that the runner names, which gave it to this job.
    let request = Request::new(Method::Get, url, &Secret::new(bearer));
    let answer: Answer = ask(host, request, System::GitHub, EXPIRED).await?;
    Ok((answer.value, "GitHub's token service"))
}

/// Both variables are set where the job has the permission, and only there.
fn missing(job: &Job<'_>) -> Error {
    let error = |message: String, hint: String| Error::new(ErrorCode::NoCiToken, message).with_hint(hint);
    let without = "let such runs go on without credentials: pulltoken exec --if-available -- COMMAND";
    match (job.set(URL).is_some() || job.set(TOKEN).is_some(), Origin::of(job)) {
        (true, _) => error(
            format!("only one of {URL} and {TOKEN} is set"),
            "both must reach this step: pass both on into the container that it runs in".to_owned(),
        ),
        (false, Origin::Own) => error(
            "`permissions: id-token: write` is missing: this job may not ask GitHub for an ID token".to_owned(),
            PERMISSION.to_owned(),
        ),
        (false, Origin::Fork(from)) => error(
            format!("this run is for a pull request from a fork ({from}), and GitHub gives those no ID token"),
            without.to_owned(),
        ),
        (false, Origin::Unknown) => error(
            "this job may not ask GitHub for an ID token: the pull request comes from a fork, or `permissions: id-token: write` is missing".to_owned(),
            format!("{PERMISSION}; for forks, {without}"),
        ),
    }
}
