//! `/__sim/…` on every part: the log, faults, the clock, CI tokens and the state, for tests outside
//! Rust.

mod fault_message;

use std::time::Duration;

use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use self::fault_message::FaultMessage;
use crate::http::{Reply, Request};
use crate::snapshot;
use crate::state::Shared;

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
