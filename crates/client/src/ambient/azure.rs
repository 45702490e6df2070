//! Azure Pipelines: a service of the organisation gives a token, always for the audience
//! `api://AzureADTokenExchange`.

use pulltoken_core::http::{Method, Request};
use pulltoken_core::{Error, ErrorCode, Result, Secret};
use serde::Deserialize;
use serde_json::json;

use super::asked::{address, ask, with_parameter};
use super::{Job, System};
use crate::host::Host;

const URI: &str = "SYSTEM_OIDCREQUESTURI";
const TOKEN: &str = "SYSTEM_ACCESSTOKEN";
/// The service's version that is known here.
const API_VERSION: &str = "7.1";

const FORK: &str =
    "builds of forks get no token: let them go on without credentials, with pulltoken exec --if-available";
const REFUSED: &str = "check that the step gets System.AccessToken of this very job";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    oidc_token: Secret,
}

/// Asks the service.
pub(super) async fn token<H: Host>(host: &H, job: &Job<'_>) -> Result<(Secret, &'static str)> {
    let missing = |message: String, hint: &'static str| Error::new(ErrorCode::NoCiToken, message).with_hint(hint);
    let fork = job.says_yes("SYSTEM_PULLREQUEST_ISFORK");
    let Some(uri) = job.set(URI) else {
        return Err(missing(
            format!("{URI} is not set: this agent gives no ID tokens"),
            "update the Azure Pipelines agent",
        ));
    };
    let Some(bearer) = job.set(TOKEN) else {
        let hint = if fork { FORK } else { "add `env: {SYSTEM_ACCESSTOKEN: $(System.AccessToken)}` to the step" };
        return Err(missing(format!("{TOKEN} is not set: the step may not ask for an ID token"), hint));
    };
    let url = with_parameter(address(URI, &uri)?, "api-version", API_VERSION);
    // Sent to the service that the agent names, which gave it to this job.
    let request = Request::new(Method::Post, url, &Secret::new(bearer)).with_json(&json!({}));
    let answer: Answer = ask(host, request, System::Azure, if fork { FORK } else { REFUSED }).await?;
    Ok((answer.oidc_token, "Azure's token service"))
}
