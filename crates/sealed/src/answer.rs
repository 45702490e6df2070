//! Answers, and writing them: every end of a body is told from its breaking off.

use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use http::header::{ALLOW, CONTENT_TYPE, PROXY_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode};
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Frame, Incoming};
use serde_json::json;
use tokio::io::AsyncWriteExt as _;

use crate::admit::Refused;
use crate::head::Version;
use crate::quiet::within;
use crate::report::{Entry, Hasher};
use crate::stream::Client;

/// Pieces are gathered up to this many bytes before they are written: to the client each piece is work.
const GATHER: usize = 64 << 10;
/// How long what is gathered waits for the rest of a body that fits in with it.
const LINGER: Duration = Duration::from_millis(2);

/// What the client is told.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
    /// Whether the connection cannot be used for another request.
    pub(crate) close: bool,
}

/// The body of an answer.
pub(crate) enum Body {
    Whole(Bytes),
    /// As it comes from upstream.
    Stream {
        body: Incoming,
        hasher: Option<Hasher>,
    },
    /// What a GET would have: its length, where that is known.
    Unsent(Option<u64>),
}

/// Who gets it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Recipient {
    pub(crate) version: Version,
    /// Whether the client wants to ask more on this connection.
    pub(crate) keep: bool,
    /// Whether it asked for the head alone, and takes what follows that for the next answer.
    pub(crate) head_only: bool,
}

impl Recipient {
    /// Somebody who gets the last answer of a connection.
    pub(crate) fn of_the_last() -> Self {
        Self { version: Version::Http11, keep: false, head_only: false }
    }
}

/// An answer was written whole.
pub(crate) struct Written {
    pub(crate) keep: bool,
}

/// The connection has to end so that nobody takes what was written for the whole.
#[derive(Debug)]
pub(crate) struct BrokenOff;

impl Answer {
    /// An answer of our own: JSON as npm and its like read it.
    pub(crate) fn local(status: StatusCode, message: &str) -> Self {
        let text = json!({ "error": format!("pulltoken: {message}") }).to_string();
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Self { status, headers, body: Body::Whole(text.into()), close: false }
    }

    /// The same, as the last of its connection.
    pub(crate) fn last(status: StatusCode, message: &str) -> Self {
        Self { close: true, ..Self::local(status, message) }
    }

    /// The proxy wants its password.
    pub(crate) fn password_wanted() -> Self {
        let mut answer = Self::last(StatusCode::PROXY_AUTHENTICATION_REQUIRED, "this proxy belongs to another command");
        answer.headers.insert(PROXY_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"pulltoken\""));
        answer
    }

    /// A request that is not sent on.
    pub(crate) fn refused(refused: Refused) -> Self {
        let mut answer = Self { close: refused.close, ..Self::local(refused.status, refused.why) };
        answer.headers.extend(refused.allow.map(|allow| (ALLOW, HeaderValue::from_static(allow))));
        answer
    }

    /// Writes it. The report hears of it before the client has all of it.
    ///
    /// # Errors
    /// [`BrokenOff`] where the client is gone, or the body did not come to its end.
    pub(crate) async fn write<S: Client>(
        self,
        stream: &mut S,
        to: Recipient,
        quiet_limit: Duration,
        entry: &mut Entry<'_>,
    ) -> Result<Written, BrokenOff> {
        let bodiless = matches!(self.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        let framing = match &self.body {
            _ if bodiless => Framing::Nothing,
            Body::Whole(bytes) => Framing::Length(bytes.len() as u64),
            Body::Unsent(length) => length.map_or(Framing::Nothing, Framing::Length),
            Body::Stream { body, .. } => match (body.size_hint().exact(), to.version) {
                (Some(length), _) => Framing::Length(length),
                (None, Version::Http11) => Framing::Chunks,
                (None, Version::Http10) => Framing::UntilClosed,
            },
        };
        let keep = to.keep && !self.close && framing != Framing::UntilClosed;
        let silent = bodiless || to.head_only;
        let mut out =
            Out { stream, gathered: head(self.status, &self.headers, framing, keep, to.version), quiet_limit };
        match self.body {
            Body::Stream { body, hasher } if !silent => out.body(body, framing, hasher, entry).await?,
            Body::Whole(bytes) if !silent => {
                entry.complete(None);
                out.put(&bytes).await?;
            }
            _ => entry.complete(None),
        }
        out.flush().await?;
        Ok(Written { keep })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Framing {
    Nothing,
    Length(u64),
    Chunks,
    UntilClosed,
}

fn head(status: StatusCode, headers: &HeaderMap, framing: Framing, keep: bool, version: Version) -> Vec<u8> {
    let mut out = Vec::with_capacity(1024);
    let reason = status.canonical_reason().unwrap_or("Unknown");
    out.extend_from_slice(format!("HTTP/1.1 {} {reason}\r\n", status.as_u16()).as_bytes());
    for (name, value) in headers {
        out.extend_from_slice(name.as_str().as_bytes());
        out.extend_from_slice(b": ");
        out.extend_from_slice(value.as_bytes());
        out.extend_from_slice(b"\r\n");
    }
    match framing {
        Framing::Nothing | Framing::UntilClosed => {}
        Framing::Length(length) => out.extend_from_slice(format!("content-length: {length}\r\n").as_bytes()),
        Framing::Chunks => out.extend_from_slice(b"transfer-encoding: chunked\r\n"),
    }
    out.extend_from_slice(match (keep, version) {
        (false, _) => b"connection: close\r\n\r\n",
        (true, Version::Http10) => b"connection: keep-alive\r\n\r\n",
        // As it is anyway.
        (true, Version::Http11) => b"\r\n",
    });
    out
}

type Piece = Result<Frame<Bytes>, hyper::Error>;

/// The way out, which takes no more from upstream than the client takes from it.
struct Out<'a, S> {
    stream: &'a mut S,
    gathered: Vec<u8>,
    quiet_limit: Duration,
}

impl<S: Client> Out<'_, S> {
    async fn body(
        &mut self,
        mut body: Incoming,
        framing: Framing,
        mut hasher: Option<Hasher>,
        entry: &mut Entry<'_>,
    ) -> Result<(), BrokenOff> {
        let mut length = 0_u64;
        loop {
            let next = match self.soon(&mut body, framing, length).await {
                Some(next) => next,
                None => {
                    self.flush().await?;
                    within(self.quiet_limit, body.frame()).await.map_err(|_| BrokenOff)?
                }
            };
            let Some(frame) = next else { break };
            // Trailers are nothing that npm reads.
            let Ok(data) = frame.map_err(|_| BrokenOff)?.into_data() else { continue };
            if data.is_empty() {
                continue;
            }
            length += data.len() as u64;
            if let Some(hasher) = &mut hasher {
                hasher.update(&data);
            }
            if framing == Framing::Length(length) {
                entry.complete(hasher.take().map(Hasher::finish));
            }
            if framing == Framing::Chunks {
                self.put(format!("{:x}\r\n", data.len()).as_bytes()).await?;
            }
            self.put(&data).await?;
            if framing == Framing::Chunks {
                self.put(b"\r\n").await?;
            }
        }
        if matches!(framing, Framing::Length(announced) if announced != length) {
            return Err(BrokenOff);
        }
        entry.complete(hasher.map(Hasher::finish));
        if framing == Framing::Chunks {
            self.put(b"0\r\n\r\n").await?;
        }
        Ok(())
    }

    /// The next piece, where it is there already, or worth a moment's wait: `None` if it is not.
    async fn soon(&self, body: &mut Incoming, framing: Framing, so_far: u64) -> Option<Option<Piece>> {
        if let Some(next) = body.frame().now_or_never() {
            return Some(next);
        }
        let Framing::Length(length) = framing else { return None };
        let rest = usize::try_from(length.saturating_sub(so_far)).ok()?;
        if self.gathered.is_empty() || self.gathered.len().saturating_add(rest) > GATHER {
            return None;
        }
        tokio::time::timeout(LINGER, body.frame()).await.ok()
    }

    async fn put(&mut self, bytes: &[u8]) -> Result<(), BrokenOff> {
        if self.gathered.len() + bytes.len() > GATHER {
            self.send_gathered().await?;
        }
        if bytes.len() > GATHER {
            return self.send(bytes).await;
        }
        self.gathered.extend_from_slice(bytes);
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), BrokenOff> {
        self.send_gathered().await?;
        within(self.quiet_limit, self.stream.flush()).await.map_err(|_| BrokenOff)?.map_err(|_| BrokenOff)
    }

    async fn send_gathered(&mut self) -> Result<(), BrokenOff> {
        let gathered = std::mem::take(&mut self.gathered);
        self.send(&gathered).await?;
        self.gathered = gathered;
        self.gathered.clear();
        Ok(())
    }

    /// Gives up where the client takes not a byte for too long.
    async fn send(&mut self, bytes: &[u8]) -> Result<(), BrokenOff> {
        let mut rest = bytes;
        while !rest.is_empty() {
            match within(self.quiet_limit, self.stream.write(rest)).await {
                Ok(Ok(length @ 1..)) => rest = rest.get(length..).unwrap_or_default(),
                _ => return Err(BrokenOff),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
