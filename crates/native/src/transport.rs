//! HTTP by reqwest over rustls: requests go out as they stand, and answers come in whole.

use std::path::PathBuf;
use std::time::Duration;

use pulltoken_client::host::SendFailure;
use pulltoken_core::http::{Request, Response};
use pulltoken_core::{Error, ErrorCode};
use reqwest::Url;

use crate::connect_to::ConnectTo;
use crate::failure::Failures;
use crate::message;
use crate::ways::Ways;

/// Limits of a transport, and what it is told about the network.
#[derive(Clone, Debug)]
pub struct TransportOptions {
    /// For the connection, its encryption included.
    pub connect_timeout: Duration,
    /// For one request from the first byte to the answer's last, connection included.
    pub timeout: Duration,
    /// A file in PEM form with authorities to trust beside the others.
    pub ca_file: Option<PathBuf>,
    /// Connections to make elsewhere; the first that fits counts.
    pub connect_to: Vec<ConnectTo>,
    /// The largest body of an answer, in bytes. Larger ones are not the platform's.
    pub body_limit: usize,
}

impl Default for TransportOptions {
    /// 10 seconds to connect, 60 in all, 256 MiB.
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(60),
            ca_file: None,
            connect_to: Vec::new(),
            body_limit: 256 << 20,
        }
    }
}

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
