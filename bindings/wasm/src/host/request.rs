//! Our requests as `fetch` takes them: nothing is followed, stored, or told to others.

use gloo_net::http::{Method, RequestBuilder};
use pulltoken_core::http::{self, Authorization, Body};
use pulltoken_core::{Error, ErrorCode, Result};
use web_sys::{AbortSignal, ReferrerPolicy, RequestCache, RequestCredentials, RequestRedirect};

use super::global;

/// The request to send, which ends with the signal.
///
/// # Errors
/// `session_unusable` for a token that fits in no header; `internal` where requests cannot be made.
pub(super) fn request(request: &http::Request, signal: &AbortSignal) -> Result<web_sys::Request> {
    // Goes to the server in a header. Read before it gets there, since gloo-net would stop the whole
    // module at a value that no header may have.
    let authorization = match &request.authorization {
        Authorization::Bearer(token) => Some(format!("Bearer {}", token.expose())),
        Authorization::Basic(pair) => Some(format!("Basic {}", pair.expose())),
        Authorization::Nobody => None,
    };
    if !authorization.iter().flat_map(|value| value.bytes()).all(|byte| (b' '..=b'~').contains(&byte)) {
        return Err(Error::new(ErrorCode::SessionUnusable, "the session holds characters that no header may"));
    }
    if !["Request", "Headers", "URL"].iter().all(|name| global(name).is_function()) {
        return Err(cannot());
    }
    let build = |is_choosy: bool| {
        let mut builder = RequestBuilder::new(&request.url)
            .method(method(request.method))
            .header("accept", "application/json")
            .redirect(RequestRedirect::Manual)
            .abort_signal(Some(signal));
        if let Some(authorization) = &authorization {
            builder = builder.header("authorization", authorization);
        }
        if is_choosy {
            builder = builder
                .cache(RequestCache::NoStore)
                .credentials(RequestCredentials::Omit)
                .referrer_policy(ReferrerPolicy::NoReferrer);
        }
        match &request.body {
            None => builder.build(),
            Some(Body::Json(text)) => builder.header("content-type", "application/json").body(text),
            // Goes to the issuer, over https alone.
            Some(Body::Form(text)) => {
                builder.header("content-type", "application/x-www-form-urlencoded").body(text.expose())
            }
        }
    };
    // Some edge runtimes have neither cookies nor a cache, and refuse to hear of them.
    build(true).or_else(|_| build(false)).map(Into::into).map_err(|_| cannot())
}

fn cannot() -> Error {
    Error::new(ErrorCode::Internal, "no request can be made here")
        .with_hint("the module needs fetch, Request, Headers and URL, as browsers and Node have them")
}

fn method(method: http::Method) -> Method {
    match method {
        http::Method::Get => Method::GET,
        http::Method::Post => Method::POST,
        http::Method::Put => Method::PUT,
        http::Method::Patch => Method::PATCH,
        http::Method::Delete => Method::DELETE,
    }
}
