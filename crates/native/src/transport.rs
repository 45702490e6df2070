//! HTTP by reqwest over rustls: requests go out as they stand, and answers come in whole.

use pulltoken_client::host::SendFailure;
use pulltoken_core::http::{Request, Response};
use pulltoken_core::{Error, ErrorCode};
use reqwest::Url;

use crate::failure::Failures;
use crate::message;
use crate::options::TransportOptions;
use crate::ways::Ways;

/// Sends requests to the platform, over connections that are kept for the next.
///
/// Https only, except to loopback. No redirect is followed. Proxy variables count, `NO_PROXY`
/// included, except for loopback and for connections made elsewhere.
pub struct HttpTransport {
    ways: Ways,
    failures: Failures,
    body_limit: usize,
}

impl HttpTransport {
    /// A transport that has not read or opened anything yet.
    pub fn new(options: TransportOptions) -> Self {
        let failures = Failures { connect_timeout: options.connect_timeout, timeout: options.timeout };
        Self { failures, body_limit: options.body_limit, ways: Ways::new(options) }
    }

    /// Sends one request and reads the whole answer.
    ///
    /// # Errors
    /// `network`, `tls` or `timeout`, and whether the request may have arrived; `insecure_url`,
    /// `file_unreadable` for the authorities' file, `usage` for a connection that cannot be made
    /// elsewhere, `session_unusable` for one that fits in no header.
    pub async fn send(&self, request: Request) -> std::result::Result<Response, SendFailure> {
        let (url, mut answer) = self.execute(request).await?;
        let head = message::head(&answer, &url);
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| self.failures.lost(&error, &url))? {
            if body.len() + chunk.len() > self.body_limit {
                let error =
                    Error::new(ErrorCode::UnexpectedResponse, "the answer is far larger than any of the platform's")
                        .with_answer(head.status, head.request_id);
                return Err(SendFailure { error, may_have_arrived: true });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response { body, ..head })
    }

    /// Sends one request and reads the head of the answer, which belongs to this URL.
    async fn execute(&self, request: Request) -> std::result::Result<(Url, reqwest::Response), SendFailure> {
        let unsent = |error| SendFailure { error, may_have_arrived: false };
        let mut request = message::request(request).map_err(unsent)?;
        let url = request.url().clone();
        let client = self.ways.client(&mut request).map_err(unsent)?;
        let answer = client.execute(request).await.map_err(|error| self.failures.lost(&error, &url))?;
        Ok((url, answer))
    }
}

#[cfg(test)]
mod tests;
