//! Saying in a few words why no answer came.

use std::time::Duration;

use pulltoken_client::host::SendFailure;
use pulltoken_core::text::printable_prefix;
use pulltoken_core::{Error, ErrorCode};
use wasm_bindgen::JsValue;

use super::property;

/// Codes by which runtimes say that there never was a connection.
const UNCONNECTED: [&str; 8] = [
    "EAI_AGAIN",
    "ECONNREFUSED",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "ENOTFOUND",
    "UND_ERR_CONNECT_TIMEOUT",
    "ConnectionRefused",
    "FailedToOpenSocket",
];
/// How codes begin by which they say that the server's certificate or its encryption is at fault.
const DISTRUSTED: [&str; 7] =
    ["CERT_", "DEPTH_ZERO_", "ERR_SSL_", "ERR_TLS_", "HOSTNAME_MISMATCH", "SELF_SIGNED_", "UNABLE_TO_"];

/// The failure of a request to this URL, whose host is named and whose query is not. Browsers say no
/// more than that it failed.
pub(super) fn of(thrown: &JsValue, url: &str) -> SendFailure {
    let cause = property(thrown, "cause");
    let said = |value: &JsValue| property(value, "message").as_string().filter(|message| !message.is_empty());
    let code =
        property(&cause, "code").as_string().or_else(|| property(thrown, "code").as_string()).unwrap_or_default();
    // Node says `fetch failed` and why in the cause.
    let why = said(&cause).or_else(|| said(thrown)).unwrap_or_else(|| "fetch failed".to_owned());
    let message = format!("could not reach {}: {}", place(url), printable_prefix(&why, 200));
    let is_distrusted = DISTRUSTED.iter().any(|start| code.starts_with(start));
    let error = Error::new(if is_distrusted { ErrorCode::Tls } else { ErrorCode::Network }, message);
    SendFailure { error, may_have_arrived: !is_distrusted && !UNCONNECTED.contains(&code.as_str()) }
}

/// The failure of a request that took too long.
pub(super) fn late(url: &str, limit: Duration) -> SendFailure {
    let message = format!("could not reach {}: no whole answer within {} seconds", place(url), limit.as_secs());
    SendFailure { error: Error::new(ErrorCode::Timeout, message), may_have_arrived: true }
}

fn place(url: &str) -> String {
    let host = url.split("://").nth(1).unwrap_or_default();
    format!("the platform at {}", host.split('/').next().unwrap_or_default())
}
