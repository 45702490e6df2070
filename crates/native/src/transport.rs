//! HTTP by reqwest over rustls with the system's roots.

use std::time::Duration;

use pulltoken_client::host::SendFailure;
use pulltoken_core::http::{Body, Method, Request, Response};
use pulltoken_core::{BaseUrl, Error, ErrorCode, Result};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;

use crate::failure;

/// Answers larger than this are not the platform's.
const BODY_LIMIT: usize = 64 << 20;
/// Headers under which servers and gateways give a request's id.
const REQUEST_ID_HEADERS: [&str; 3] = ["x-request-id", "x-cloud-trace-context", "x-amzn-requestid"];

/// Limits of a transport.
#[derive(Clone, Copy, Debug)]
pub struct TransportOptions {
    /// For the connection, its encryption included.
    pub connect_timeout: Duration,
    /// For the whole request, the answer's body included.
    pub timeout: Duration,
}

impl Default for TransportOptions {
    /// 10 seconds to connect, 60 in all.
    fn default() -> Self {
        Self { connect_timeout: Duration::from_secs(10), timeout: Duration::from_secs(60) }
    }
}

/// One pool of connections to the platform.
pub struct HttpTransport {
    client: reqwest::Client,
}

impl HttpTransport {
    /// A transport for calls to `server`. Proxy variables count, except where the server is on
    /// loopback: over plain http a proxy would read the session.
    ///
    /// # Errors
    /// `tls` where the system's roots cannot be read.
    pub fn new(server: &BaseUrl, options: TransportOptions) -> Result<Self> {
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("pulltoken/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .connect_timeout(options.connect_timeout)
            .timeout(options.timeout);
        if server.is_loopback() {
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(|error| failure::describe(&error, "prepare the connection"))?;
        Ok(Self { client })
    }

    /// Sends one request and reads the whole answer.
    ///
    /// # Errors
    /// `network`, `tls` or `timeout`, and whether the request may have arrived.
    pub async fn send(&self, request: Request) -> std::result::Result<Response, SendFailure> {
        let sent = self.client.execute(build(request).map_err(|error| SendFailure { error, may_have_arrived: false })?);
        let lost = |error: reqwest::Error| SendFailure {
            may_have_arrived: !error.is_connect() && !error.is_builder(),
            error: failure::describe(&error, "reach the platform"),
        };
        let mut response = sent.await.map_err(lost)?;
        let status = response.status().as_u16();
        let request_id = request_id(response.headers());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(lost)? {
            if body.len() + chunk.len() > BODY_LIMIT {
                let error =
                    Error::new(ErrorCode::UnexpectedResponse, "the answer is far larger than any of the platform's");
                return Err(SendFailure { error, may_have_arrived: true });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response { request_id, ..Response::new(status, body) })
    }
}

fn build(request: Request) -> Result<reqwest::Request> {
    let internal = |_| Error::new(ErrorCode::Internal, "a request could not be built");
    let method = match request.method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
    };
    let url = reqwest::Url::parse(&request.url).map_err(internal)?;
    let mut built = reqwest::Request::new(method, url);
    built.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
    if let Some(token) = request.bearer {
        // Goes to the server in a header marked as sensitive, so that no log shows it.
        let mut value = HeaderValue::try_from(format!("Bearer {}", token.expose()))
            .map_err(|_| Error::new(ErrorCode::SessionUnusable, "the session holds characters that no header may"))?;
        value.set_sensitive(true);
        built.headers_mut().insert(AUTHORIZATION, value);
    }
    if let Some(body) = request.body {
        let (kind, text) = match body {
            Body::Json(text) => ("application/json", text),
            Body::Form(text) => ("application/x-www-form-urlencoded", text),
        };
        built.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        *built.body_mut() = Some(text.into());
    }
    Ok(built)
}

fn request_id(headers: &HeaderMap) -> Option<String> {
    let value = REQUEST_ID_HEADERS.iter().find_map(|name| headers.get(*name))?.to_str().ok()?;
    Some(pulltoken_core::text::printable_prefix(value, 128))
}
