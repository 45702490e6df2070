//! What the platform says when it refuses.

use super::parsed;
use super::reader::{Message, Parts, Read};
use crate::error::{Error, ErrorCode};
use crate::http::Response;
use crate::text::printable_prefix;
use crate::ttl::GoDuration;

/// Characters of a server's message that are shown.
const MESSAGE_LIMIT: usize = 300;

/// The error that an unsuccessful answer stands for. `what` says which step it was.
///
/// The gRPC code in the body decides; without one (an intermediary's HTML page, say) the HTTP
/// status does. The server's text is shown on one line, escaped.
pub fn error(response: &Response, what: &str) -> Error {
    let status = response.status;
    let body: Option<Status> = parsed(&response.body);
    let code = body.as_ref().and_then(|body| of_grpc(body.code)).unwrap_or_else(|| of_http(status));
    let error = match body.map(|body| body.message).filter(|message| !message.is_empty()) {
        _ if (300..400).contains(&status) => redirected(response, what),
        Some(message) if code == ErrorCode::InvalidArgument && message.contains("expiration must be at most") => {
            ttl_limit(&message, what)
        }
        Some(message) => Error::new(code, format!("{what}: {}", printable_prefix(&message, MESSAGE_LIMIT))),
        None => Error::new(code, format!("{what}: the server answered {status} without an explanation")),
    };
    let error = match response.retry_after {
        Some(wait) if matches!(code, ErrorCode::RateLimited | ErrorCode::ServerError) => {
            error.with_hint(format!("try again in {} seconds, as the server asks", wait.as_secs()))
        }
        _ => error,
    };
    error.after_tries(response.tries).with_answer(status, response.request_id.clone())
}

/// The gRPC code in the body, where there is one.
pub fn grpc_code(response: &Response) -> Option<u32> {
    parsed::<Status>(&response.body).map(|body| body.code)
}

/// A session goes to the address it is meant for and to no other.
fn redirected(response: &Response, what: &str) -> Error {
    let target = response.redirect.as_deref().map(|target| printable_prefix(target, MESSAGE_LIMIT));
    let target = target.unwrap_or_else(|| "an address that it does not name".to_owned());
    Error::new(
        ErrorCode::UnexpectedResponse,
        format!("{what}: the server redirects to {target}, where the session is not sent"),
    )
    .with_hint("check the API's URL, and that no proxy or sign-in page stands in between")
}

/// `google.rpc.Status` in proto3 JSON.
struct Status {
    code: u32,
    message: String,
}

impl Message for Status {
    fn of(parts: &mut Parts<'_>) -> Read<Self> {
        Ok(Self { code: parts.whole(&["code"])?, message: parts.text(&["message"])? })
    }
}

fn of_grpc(code: u32) -> Option<ErrorCode> {
    Some(match code {
        3 | 11 => ErrorCode::InvalidArgument,
        4 => ErrorCode::Timeout,
        5 => ErrorCode::NotFound,
        6 => ErrorCode::AlreadyExists,
        7 => ErrorCode::PermissionDenied,
        8 => ErrorCode::RateLimited,
        9 | 10 => ErrorCode::FailedPrecondition,
        12 => ErrorCode::Unimplemented,
        2 | 13 | 14 | 15 => ErrorCode::ServerError,
        16 => ErrorCode::Unauthenticated,
        _ => return None,
    })
}

fn of_http(status: u16) -> ErrorCode {
    match status {
        401 => ErrorCode::Unauthenticated,
        403 => ErrorCode::PermissionDenied,
        404 => ErrorCode::NotFound,
        408 => ErrorCode::Timeout,
        409 => ErrorCode::AlreadyExists,
        429 => ErrorCode::RateLimited,
        501 => ErrorCode::Unimplemented,
        500..=599 => ErrorCode::ServerError,
        400..=499 => ErrorCode::InvalidArgument,
        _ => ErrorCode::UnexpectedResponse,
    }
}

/// Names the plan's limit if, and only if, the server's text names a duration.
fn ttl_limit(message: &str, what: &str) -> Error {
    let error = Error::new(ErrorCode::TtlExceedsPlan, format!("{what}: {}", printable_prefix(message, MESSAGE_LIMIT)));
    let duration = message.split_whitespace().find_map(|word| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        GoDuration::parse(word).ok().filter(|duration| duration.nanoseconds() > 0)
    });
    match duration {
        Some(limit) => {
            error.with_hint(format!("this organisation's plan allows at most {limit}; choose --ttl {limit} or less"))
        }
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(status: u16, body: &[u8]) -> Error {
        error(&Response { request_id: Some("r-1".into()), ..Response::new(status, body) }, "create the identity")
    }

    #[test]
    fn the_grpc_code_decides_and_the_status_stands_in() {
        let json = |status: u16, code: u32| {
            of(status, json!({"code": code, "message": "m", "details": []}).to_string().as_bytes()).code()
        };
        assert_eq!(json(400, 3), ErrorCode::InvalidArgument);
        assert_eq!(json(400, 9), ErrorCode::FailedPrecondition);
        assert_eq!(json(404, 5), ErrorCode::NotFound);
        assert_eq!(json(409, 6), ErrorCode::AlreadyExists);
        assert_eq!(json(403, 7), ErrorCode::PermissionDenied);
        assert_eq!(json(429, 8), ErrorCode::RateLimited);
        assert_eq!(json(501, 12), ErrorCode::Unimplemented);
        assert_eq!(json(500, 13), ErrorCode::ServerError);
        assert_eq!(json(503, 14), ErrorCode::ServerError);
        assert_eq!(json(401, 16), ErrorCode::Unauthenticated);
        let html = of(502, b"<html>Bad Gateway</html>");
        assert_eq!((html.code(), html.status(), html.request_id()), (ErrorCode::ServerError, Some(502), Some("r-1")));
        assert_eq!(html.message(), "create the identity: the server answered 502 without an explanation");
    }

    #[test]
    fn server_text_stays_on_one_line() {
        let error = of(403, json!({"code": 7, "message": "no\r\n\u{1b}[31mway"}).to_string().as_bytes());
        assert_eq!(error.message(), r"create the identity: no\u{d}\u{a}\u{1b}[31mway");
    }

    #[test]
    fn a_redirect_is_not_followed_and_named() {
        let redirect = Some("https://elsewhere.test/sign-in".to_owned());
        let error = error(&Response { redirect, ..Response::new(302, "") }, "check the session");
        assert_eq!((error.code(), error.status()), (ErrorCode::UnexpectedResponse, Some(302)));
        assert!(error.message().contains("redirects to https://elsewhere.test/sign-in,"), "{error}");
        let error = super::error(&Response::new(307, r#"{"code":16,"message":"m"}"#), "check the session");
        assert_eq!(error.code(), ErrorCode::UnexpectedResponse);
    }

    #[test]
    fn tries_and_the_servers_wish_are_told() {
        let wait = Some(std::time::Duration::from_secs(90));
        let error = error(&Response { retry_after: wait, tries: 4, ..Response::new(429, "") }, "list");
        assert_eq!(error.message(), "list: the server answered 429 without an explanation (after 4 tries)");
        assert!(error.hint().contains("90 seconds"), "{}", error.hint());
    }

    #[test]
    fn a_plans_limit_is_named_if_the_server_does() {
        let named = of(400, br#"{"code":3,"message":"expiration must be at most 168h0m0s from now"}"#);
        assert_eq!(named.code(), ErrorCode::TtlExceedsPlan);
        assert!(named.hint().contains("--ttl 168h0m0s"), "{}", named.hint());
        let unnamed = of(400, br#"{"code":3,"message":"expiration must be at most what the plan allows"}"#);
        assert_eq!(
            (unnamed.code(), unnamed.hint()),
            (ErrorCode::TtlExceedsPlan, ErrorCode::TtlExceedsPlan.default_hint())
        );
    }
}
