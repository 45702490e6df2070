//! Requests and responses as plain values: what to send, and what came back.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use crate::secret::Secret;
use crate::text::printable_prefix;
use crate::timestamp::Timestamp;

/// HTTP methods that the platform's API uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// Whether sending it twice has the effect of sending it once, so that it may be retried.
    pub const fn is_idempotent(self) -> bool {
        !matches!(self, Self::Post | Self::Patch)
    }
}

/// A request to send as it stands. No redirect is to be followed with it.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The absolute URL, encoded.
    pub url: String,
    /// Who asks.
    pub authorization: Authorization,
    /// The body and its type.
    pub body: Option<Body>,
}

/// What goes into the `Authorization` header.
#[derive(Clone, Debug)]
pub enum Authorization {
    /// `Bearer` and a token.
    Bearer(Secret),
    /// `Basic` and base64 of a pair.
    Basic(Secret),
    /// No such header.
    Nobody,
}

/// A request's body.
#[derive(Clone, Debug)]
pub enum Body {
    /// `application/json`.
    Json(String),
    /// `application/x-www-form-urlencoded`; it may hold a code that is as good as a password.
    Form(Secret),
}

impl Request {
    /// A request with a session and without a body.
    pub fn new(method: Method, url: String, bearer: &Secret) -> Self {
        Self { method, url, authorization: Authorization::Bearer(bearer.clone()), body: None }
    }

    /// A request that anybody may send.
    pub fn anonymous(method: Method, url: String) -> Self {
        Self { method, url, authorization: Authorization::Nobody, body: None }
    }

    /// The same request with a form's fields for a body.
    #[must_use]
    pub fn with_form(mut self, fields: &[(&str, &str)]) -> Self {
        let pairs: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={}", encode_query(value))).collect();
        self.body = Some(Body::Form(Secret::new(pairs.join("&"))));
        self
    }

    /// The same request with a JSON body.
    #[must_use]
    pub fn with_json(mut self, value: &impl Serialize) -> Self {
        // Texts, numbers and times: nothing that is sent can fail to be written.
        self.body = Some(Body::Json(serde_json::to_string(value).unwrap_or_default()));
        self
    }
}

/// An answer, whatever its status. Its body may hold a session and is not printed.
#[derive(Clone)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The `x-request-id` header, or its like.
    pub request_id: Option<String>,
    /// How long the server wants to be left alone, as [`retry_after`] reads it.
    pub retry_after: Option<Duration>,
    /// Where a redirect points: scheme, host, port and path. It is not followed.
    pub redirect: Option<String>,
    /// How many times the request was sent until this answer was taken.
    pub tries: u32,
    /// The whole body.
    pub body: Vec<u8>,
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { status, request_id, tries, body, .. } = self;
        write!(
            f,
            "Response {{ status: {status}, request_id: {request_id:?}, tries: {tries}, body: {} bytes }}",
            body.len()
        )
    }
}

impl Response {
    /// An answer at the first try, without any header that matters.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, request_id: None, retry_after: None, redirect: None, tries: 1, body: body.into() }
    }

    /// An answer without its body yet, read from its status and its headers, asked for in lower case.
    /// `now` is the present moment, for a server that does not tell its own.
    pub fn of_head(status: u16, header: impl Fn(&str) -> Option<String>, now: Timestamp) -> Self {
        let dated = header("date").and_then(|date| Timestamp::parse_http_date(&date)).unwrap_or(now);
        Self {
            request_id: REQUEST_ID_HEADERS.iter().find_map(|name| header(name)).map(|id| printable_prefix(&id, 128)),
            retry_after: header("retry-after").and_then(|value| retry_after(&value, dated)),
            ..Self::new(status, "")
        }
    }
}

/// Headers under which servers and gateways give a request's id.
const REQUEST_ID_HEADERS: [&str; 3] = ["x-request-id", "x-cloud-trace-context", "x-amzn-requestid"];

/// Reads `Retry-After`, which is a number of seconds or a date. `now` is the moment by the clock that
/// the date was written by: the answer's `Date`, where it has one. A date in the past is no wait.
pub fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
        // More digits than fit mean longer than anyone waits.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let seconds = Timestamp::parse_http_date(value)?.seconds_since(now);
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

/// The text percent-encoded for a query: all but letters, digits and `-._~`.
pub fn encode_query(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_prints_no_token() {
        let request = Request::new(Method::Get, "https://a.test/x".into(), &Secret::new("hunter2"));
        assert!(!format!("{request:?}").contains("hunter2"));
        assert!(format!("{:?}", Response::new(200, "hunter2")).ends_with("body: 7 bytes }"));
    }

    #[test]
    fn a_server_says_when_to_come_back_in_two_ways() {
        let now = Timestamp::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        for (value, seconds) in [
            ("0", Some(0)),
            (" 120 ", Some(120)),
            ("99999999999999999999999", Some(u64::MAX)),
            ("Sun, 06 Nov 1994 08:50:07 GMT", Some(30)),
            ("Sun, 06 Nov 1994 08:49:00 GMT", Some(0)),
            ("", None),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
        ] {
            assert_eq!(retry_after(value, now), seconds.map(Duration::from_secs), "{value}");
        }
    }

    #[test]
    fn a_head_tells_what_matters() {
        let now = Timestamp::from_unix_seconds(0).unwrap();
        let head = |headers: &'static [(&str, &str)]| {
            let find = |name: &str| headers.iter().find(|(own, _)| *own == name).map(|(_, value)| (*value).to_owned());
            Response::of_head(429, find, now)
        };
        let answer = head(&[
            ("x-amzn-requestid", "b"),
            ("x-request-id", "a\n"),
            ("date", "Sun, 06 Nov 1994 08:49:37 GMT"),
            ("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT"),
        ]);
        assert_eq!((answer.status, answer.request_id.as_deref()), (429, Some(r"a\u{a}")));
        assert_eq!(answer.retry_after, Some(Duration::from_secs(30)));
        assert_eq!(head(&[]).request_id, None);
    }

    #[test]
    fn queries_are_encoded() {
        assert_eq!(encode_query("a b&c=é/~"), "a%20b%26c%3D%C3%A9%2F~");
    }
}
