//! Requests and responses as plain values: what to send, and what came back.

use crate::secret::Secret;

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
    /// Goes into `Authorization: Bearer …`.
    pub bearer: Option<Secret>,
    /// The body and its type.
    pub body: Option<Body>,
}

/// A request's body.
#[derive(Clone, Debug)]
pub enum Body {
    /// `application/json`.
    Json(String),
    /// `application/x-www-form-urlencoded`.
    Form(String),
}

impl Request {
    /// A request without a body.
    pub fn new(method: Method, url: String, bearer: &Secret) -> Self {
        Self { method, url, bearer: Some(bearer.clone()), body: None }
    }

    /// The same request with a JSON body.
    #[must_use]
    pub fn with_json(mut self, value: &serde_json::Value) -> Self {
        self.body = Some(Body::Json(value.to_string()));
        self
    }
}

/// An answer, whatever its status.
#[derive(Clone, Debug)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The `x-request-id` header, or its like.
    pub request_id: Option<String>,
    /// The whole body.
    pub body: Vec<u8>,
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
    }

    #[test]
    fn queries_are_encoded() {
        assert_eq!(encode_query("a b&c=é/~"), "a%20b%26c%3D%C3%A9%2F~");
    }
}
