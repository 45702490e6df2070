//! What lets a browser's page of another origin call the simulator, where a test asks for it.

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_REQUEST_METHOD,
};
use http::{Method, StatusCode};

use crate::http::{Reply, Request};
use crate::log::Part;
use crate::state::Shared;

fn is_open(shared: &Shared, part: Part) -> bool {
    shared.options.cors && matches!(part, Part::Api | Part::Issuer | Part::Registry)
}

/// Answers a browser that asks beforehand whether a request is allowed; `None` for all others.
pub(crate) fn preflight(shared: &Shared, request: &Request) -> Option<Reply> {
    let asks = request.method == Method::OPTIONS && request.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    if !asks || !is_open(shared, request.part) {
        return None;
    }
    let reply = Reply::empty(StatusCode::NO_CONTENT)
        .with(ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, PATCH, DELETE")
        // `*` would not cover Authorization.
        .with(ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type");
    Some(reply)
}

/// Adds what lets a page read the answer. Cookies and the like stay out: `*` excludes them.
pub(crate) fn readable(shared: &Shared, part: Part, reply: Reply) -> Reply {
    if !is_open(shared, part) {
        return reply;
    }
    reply
        .with(ACCESS_CONTROL_ALLOW_ORIGIN, "*")
        .with(ACCESS_CONTROL_EXPOSE_HEADERS, "x-request-id, retry-after, www-authenticate")
}
