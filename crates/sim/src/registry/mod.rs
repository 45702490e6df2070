//! The libraries registry: npm's protocol at `/javascript/`, simple indexes for the others.

mod access;
mod catalog;
mod document;
mod javascript;
mod others;
mod package;
mod search;
mod tarball;
mod upstream;

pub(crate) use catalog::Catalog;
use http::StatusCode;
pub use package::Package;
pub(crate) use package::built_in;
use serde_json::json;
pub(crate) use upstream::Upstream;

use crate::http::{Reply, Request};
use crate::state::Shared;

/// Answers a request to the registry.
pub(crate) async fn answer(shared: &Shared, request: &Request) -> Reply {
    let Some((prefix, _)) = request.raw_path.trim_start_matches('/').split_once('/') else {
        return error(StatusCode::NOT_FOUND, "no such repository");
    };
    match prefix {
        "javascript" | "javascript-upstream" => javascript::answer(shared, request, prefix).await,
        "python" | "java" => others::answer(shared, request, prefix),
        _ => error(StatusCode::NOT_FOUND, "no such repository"),
    }
}

/// Answers a request to the object store, whose URLs carry their own permission.
pub(crate) fn storage(shared: &Shared, request: &Request) -> Reply {
    if request.headers.contains_key(http::header::AUTHORIZATION) {
        return error(StatusCode::BAD_REQUEST, "only one way of authentication is allowed");
    }
    let name = request.raw_path.trim_start_matches('/');
    match shared.catalog.stored(name, &request.query) {
        Some(bytes) => Reply::new(StatusCode::OK, "application/octet-stream", bytes),
        None => error(StatusCode::FORBIDDEN, "the signature is missing or wrong"),
    }
}

/// A refusal as npm and its like read it.
fn error(status: StatusCode, message: &str) -> Reply {
    Reply::json(status, &json!({ "error": message }))
}
