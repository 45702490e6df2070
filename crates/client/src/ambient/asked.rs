//! Asking a CI system's token service.

use pulltoken_core::http::{Request, Response};
use pulltoken_core::{BaseUrl, Error, ErrorCode, Result};
use serde::de::DeserializeOwned;

use super::System;
use crate::host::Host;
use crate::retry::{self, Rules};

/// The address that a variable holds, with a query if it has one, once it is sure that what is sent
/// there does not travel openly.
pub(super) fn address(variable: &str, text: &str) -> Result<String> {
    let (base, query) = text.split_once('?').unwrap_or((text, ""));
    BaseUrl::parse(base).map_err(|error| {
        let message = format!("{variable}: {}", error.message());
        error.with_message(message).with_hint("the CI system sets it; the job must leave it alone")
    })?;
    if !query.bytes().all(|b| b.is_ascii_graphic() && b != b'#') {
        let message = format!("{variable} has a query that no URL has");
        return Err(Error::new(ErrorCode::InvalidUrl, message));
    }
    Ok(text.to_owned())
}

/// The URL with one more parameter.
pub(super) fn with_parameter(mut url: String, name: &str, value: &str) -> String {
    let separator = match url.split_once('?') {
        None => "?",
        Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
        Some(_) => "&",
    };
    url.push_str(separator);
    url.push_str(name);
    url.push('=');
    url.push_str(&pulltoken_core::http::encode_query(value));
    url
}

/// Sends the request, again where that may help (a second token does no harm), and reads the answer.
///
/// # Errors
/// `no_ci_token` with `refused` as the hint where the service does not give one; `rate_limited`,
/// `server_error`, `unexpected_response`, those of the network.
pub(super) async fn ask<H: Host, T: DeserializeOwned>(
    host: &H,
    request: Request,
    system: System,
    refused: &'static str,
) -> Result<T> {
    let answer = retry::send(host, request, Rules::Idempotent).await.map_err(|failure| {
        let message = format!("ask {} for an ID token: {}", system.name(), failure.error.message());
        failure.error.with_message(message)
    })?;
    if !(200..300).contains(&answer.status) {
        return Err(refusal(&answer, system, refused));
    }
    serde_json::from_slice(&answer.body).map_err(|_| {
        let message = format!("the token service of {} answered something else than a token", system.name());
        Error::new(ErrorCode::UnexpectedResponse, message)
            .with_hint("try again, and report it if it stays")
            .with_answer(answer.status, answer.request_id.clone())
    })
}

fn refusal(answer: &Response, system: System, refused: &'static str) -> Error {
    let (code, hint) = match answer.status {
        429 => (ErrorCode::RateLimited, ErrorCode::RateLimited.default_hint()),
        500.. => (ErrorCode::ServerError, "run the job again; if it stays, check the CI system's status"),
        300..400 => (ErrorCode::UnexpectedResponse, "check that no proxy or sign-in page stands in between"),
        _ => (ErrorCode::NoCiToken, refused),
    };
    // The body is the service's own matter and may repeat what was sent.
    let message = format!("the token service of {} answered {} instead of a token", system.name(), answer.status);
    Error::new(code, message)
        .with_hint(hint)
        .after_tries(answer.tries)
        .with_answer(answer.status, answer.request_id.clone())
}
