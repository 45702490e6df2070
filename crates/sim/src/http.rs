//! Requests and answers as the parts see them: read whole, written once.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, Method, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use serde_json::Value;

use crate::log::Part;

/// The body type of every answer.
pub(crate) type Body = UnsyncBoxBody<Bytes, std::io::Error>;

/// A request that has arrived whole.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) part: Part,
    /// Whether it came over TLS, under the platform's real names.
    pub(crate) tls: bool,
    pub(crate) method: Method,
    /// The path as it was sent, still percent-encoded.
    pub(crate) raw_path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Request {
    /// The path with its percent-encoding undone; `None` if that is not UTF-8 text.
    pub(crate) fn path(&self) -> Option<String> {
        let decoded = percent_encoding::percent_decode_str(&self.raw_path).decode_utf8().ok()?;
        Some(decoded.into_owned())
    }

    pub(crate) fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The token of `Authorization: Bearer …`.
    pub(crate) fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.header(http::header::AUTHORIZATION)?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }

    /// Whether the content type is the one of HTML forms.
    pub(crate) fn is_form(&self) -> bool {
        self.header(CONTENT_TYPE).is_some_and(|value| {
            let essence = value.split(';').next().unwrap_or_default().trim();
            essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
        })
    }
}

/// An answer, and whether the request's credential was accepted.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Payload,
    pub(crate) authenticated: bool,
}

/// The bytes of an answer: at hand, or still coming from a real registry.
pub(crate) enum Payload {
    Full(Bytes),
    Stream(Body),
}

impl Payload {
    pub(crate) fn into_body(self) -> Body {
        match self {
            Self::Full(bytes) => Full::new(bytes).map_err(|never| match never {}).boxed_unsync(),
            Self::Stream(body) => body,
        }
    }
}

impl Reply {
    pub(crate) fn new(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        Self { status, headers, body: Payload::Full(body.into()), authenticated: false }
    }

    pub(crate) fn json(status: StatusCode, value: &Value) -> Self {
        Self::new(status, "application/json", value.to_string())
    }

    pub(crate) fn empty(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::new(), body: Payload::Full(Bytes::new()), authenticated: false }
    }

    /// Adds a header; a value that no header can hold is left out.
    pub(crate) fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    pub(crate) fn authenticated(mut self, yes: bool) -> Self {
        self.authenticated = yes;
        self
    }
}

/// The pairs of a query or form, decoded, in order.
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (form_decode(name), form_decode(value))
        })
        .collect()
}

fn form_decode(text: &str) -> String {
    let spaced = text.replace('+', " ");
    percent_encoding::percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}
