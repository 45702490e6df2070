//! `/__sim/…` on every part: the log, faults, the clock, CI tokens, the state and what is added to it,
//! for tests outside Rust.

mod addition_message;
mod fault_message;

use std::time::Duration;

use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use self::addition_message::{OrganizationMessage, PullTokensMessage};
use self::fault_message::FaultMessage;
use crate::http::{Reply, Request};
use crate::snapshot;
use crate::state::Shared;
use crate::world::Uidp;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ClockMessage {
    advance_seconds: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CiTokenMessage {
    issuer: String,
    #[serde(default)]
    claims: Map<String, Value>,
}

/// Answers a control request; `None` for all others. Control requests are neither logged nor
/// subject to faults.
pub(crate) fn answer(shared: &Shared, request: &Request) -> Option<Reply> {
    let what = request.raw_path.strip_prefix("/__sim/")?;
    let result = match (&request.method, what) {
        (&Method::GET, "requests") => Ok(json!(shared.log.all())),
        (&Method::DELETE, "requests") => {
            shared.log.clear();
            Ok(json!({}))
        }
        (&Method::GET, "identities") => Ok(json!(snapshot::identities(shared))),
        (&Method::GET, "rolebindings") => Ok(json!(snapshot::role_bindings(shared))),
        (&Method::GET, "faults") => Ok(json!({ "hits": shared.faults.hits() })),
        (&Method::POST, "faults") => add_fault(shared, &request.body),
        (&Method::DELETE, "faults") => {
            shared.faults.clear();
            Ok(json!({}))
        }
        (&Method::POST, "clock") => advance_clock(shared, &request.body),
        (&Method::POST, "ci_token") => ci_token(shared, &request.body),
        (&Method::POST, "organizations") => add_organization(shared, &request.body),
        (&Method::POST, "pull_tokens") => add_pull_tokens(shared, &request.body),
        _ => {
            let error = json!({"error": "no such control"});
            return Some(Reply::json(StatusCode::NOT_FOUND, &error));
        }
    };
    Some(match result {
        Ok(value) => Reply::json(StatusCode::OK, &value),
        Err(message) => Reply::json(StatusCode::BAD_REQUEST, &json!({ "error": message })),
    })
}

fn add_fault(shared: &Shared, body: &[u8]) -> Result<Value, String> {
    let message: FaultMessage = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let handle = shared.faults.add(message.into_fault()?);
    Ok(json!({ "id": handle.index() }))
}

fn add_organization(shared: &Shared, body: &[u8]) -> Result<Value, String> {
    let message: OrganizationMessage = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let id = shared.add_organization(&message.into_spec())?;
    Ok(json!({ "id": id.to_string() }))
}

fn add_pull_tokens(shared: &Shared, body: &[u8]) -> Result<Value, String> {
    let message: PullTokensMessage = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let home = Uidp::parse(&message.organization).ok_or("`organization` is no identifier")?;
    let ids = shared.add_identities(&message.into_spec()?, &home)?;
    Ok(json!({ "ids": ids.iter().map(ToString::to_string).collect::<Vec<_>>() }))
}

fn ci_token(shared: &Shared, body: &[u8]) -> Result<Value, String> {
    let message: CiTokenMessage = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let token = shared.ci_token(&message.issuer, Value::Object(message.claims))?;
    Ok(json!({ "token": token }))
}

fn advance_clock(shared: &Shared, body: &[u8]) -> Result<Value, String> {
    let message: ClockMessage = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    shared.clock.advance(Duration::from_secs(message.advance_seconds));
    Ok(json!({ "unixSeconds": shared.clock.unix_seconds() }))
}
