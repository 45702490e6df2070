//! Connections to servers upstream, pooled: one of HTTP/2 to the registry where it speaks that.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{Request, Response, Uri};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::client::legacy::{Builder, Client};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite, BufReader, ReadBuf};
use tokio::sync::OnceCell;
use tower_service::Service;

use crate::dial::{self, DialError, DialErrorKind, Dialer, Reach, Wire};
use crate::target::Authority;

/// How much of one answer may be on its way before the client has taken it, in bytes: what fits
/// into 100 ms at 10 MB/s.
const STREAM_WINDOW: u32 = 1 << 20;
/// The same for all answers of a connection. More than streams ever hold together, so that a slow
/// client of one does not stop the others.
const CONNECTION_WINDOW: u32 = 256 << 20;
/// How many bytes are read from a server at once: by itself TLS reads 4 KiB at a time.
const READ_AT_ONCE: usize = 64 << 10;
/// How often a connection of HTTP/2 that says nothing is asked whether it still lives.
const HEARTBEAT: Duration = Duration::from_secs(20);

/// Sends requests, each over a connection of its own or a shared one.
pub(crate) type Pool = Client<Connector, Full<Bytes>>;

/// How a client's TLS is set up: these authorities, and the newest HTTP that both sides speak.
pub(crate) fn tls_config(roots: RootCertStore, alpn: &[&[u8]]) -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    Ok(config)
}

/// A connection to a server, and whether it speaks HTTP/2.
pub(crate) struct Link {
    wire: Box<dyn Wire>,
    h2: bool,
}

/// Makes connections for a pool.
#[derive(Clone)]
pub(crate) struct Connector {
    dialer: Arc<Dialer>,
    tls: Arc<ClientConfig>,
    reach: Reach,
    /// Whether the pool can use no other version.
    only_h2: bool,
    /// A connection that was made before it was needed.
    parked: Arc<Mutex<Option<Link>>>,
}

impl Connector {
    pub(crate) fn new(dialer: Arc<Dialer>, tls: Arc<ClientConfig>, reach: Reach) -> Self {
        Self { dialer, tls, reach, only_h2: false, parked: Arc::default() }
    }

    async fn open(&self, uri: &Uri) -> Result<Link, DialError> {
        let over_tls = uri.scheme_str() == Some("https");
        let port = uri.port_u16().unwrap_or(if over_tls { 443 } else { 80 });
        let to = Authority::new(uri.host().unwrap_or_default(), port)
            .ok_or_else(|| DialError::new(DialErrorKind::Refused, "there is no host to connect to"))?;
        let connecting = async {
            if !over_tls {
                let wire = self.dialer.dial_in_the_clear(&to, self.reach).await?;
                return Ok(Link { wire, h2: false });
            }
            let wire = self.dialer.dial(&to, self.reach).await?;
            let wire = Box::new(BufReader::with_capacity(READ_AT_ONCE, wire));
            let stream = dial::tls(&self.tls, to.name(), wire).await?;
            let h2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
            Ok(Link { wire: Box::new(stream), h2 })
        };
        self.dialer.in_time(&to, Box::pin(connecting)).await
    }

    fn parked(&self) -> std::sync::MutexGuard<'_, Option<Link>> {
        self.parked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Link>;
    type Error = DialError;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), DialError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let this = self.clone();
        Box::pin(async move {
            let parked = this.parked().take();
            let link = match parked {
                Some(link) => link,
                None => this.open(&uri).await?,
            };
            if this.only_h2 && !link.h2 {
                *this.parked() = Some(link);
                return Err(DialError::new(DialErrorKind::Downgraded, "the server does not speak HTTP/2 any more"));
            }
            Ok(TokioIo::new(link))
        })
    }
}

/// The pool for servers that redirects lead to: whatever each of them speaks.
pub(crate) fn pool(connector: Connector) -> Pool {
    builder().build(connector)
}

/// The pools for the registry, of which the first connection tells which it will be.
pub(crate) struct RegistryPool {
    uri: Uri,
    connector: Connector,
    one: Pool,
    two: Pool,
    speaks_h2: OnceCell<bool>,
    /// Whether it stopped doing so: behind one name there may be several servers.
    downgraded: AtomicBool,
}

impl RegistryPool {
    /// `uri` is the registry's; its path does not matter.
    pub(crate) fn new(uri: Uri, connector: Connector) -> Self {
        let two = builder().http2_only(true).build(Connector { only_h2: true, ..connector.clone() });
        let one = builder().build(connector.clone());
        Self { uri, connector, one, two, speaks_h2: OnceCell::new(), downgraded: AtomicBool::new(false) }
    }

    /// Makes the first connection, if that has not been done.
    ///
    /// # Errors
    /// [`DialError`]; the next call tries again.
    pub(crate) async fn warm(&self) -> Result<bool, DialError> {
        let first = || async {
            let link = self.connector.open(&self.uri).await?;
            let h2 = link.h2;
            *self.connector.parked() = Some(link);
            Ok(h2)
        };
        self.speaks_h2.get_or_try_init(first).await.copied()
    }

    /// Sends a request and gives the head of the answer.
    ///
    /// # Errors
    /// What kept the answer away.
    pub(crate) async fn send(&self, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, LinkError> {
        if self.warm().await.map_err(LinkError::Dial)? && !self.downgraded.load(Ordering::Relaxed) {
            match self.two.request(request.clone()).await.map_err(LinkError::from) {
                Err(LinkError::Dial(error)) if error.kind == DialErrorKind::Downgraded => {
                    self.downgraded.store(true, Ordering::Relaxed);
                }
                sent => return sent,
            }
        }
        self.one.request(request).await.map_err(LinkError::from)
    }
}

fn builder() -> Builder {
    let mut builder = Client::builder(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .pool_timer(TokioTimer::new())
        .http2_initial_stream_window_size(STREAM_WINDOW)
        .http2_initial_connection_window_size(CONNECTION_WINDOW)
        .http2_keep_alive_interval(HEARTBEAT)
        .http2_keep_alive_timeout(HEARTBEAT);
    builder
}

/// What kept an answer away.
#[derive(Debug)]
pub(crate) enum LinkError {
    /// There was no connection.
    Dial(DialError),
    /// The connection ended, or said something that is no answer.
    Broken,
}

impl From<hyper_util::client::legacy::Error> for LinkError {
    fn from(error: hyper_util::client::legacy::Error) -> Self {
        use std::error::Error as _;
        let dialled = error.source().and_then(|cause| cause.downcast_ref::<DialError>());
        match dialled {
            Some(cause) => Self::Dial(DialError::new(cause.kind, cause.to_string())),
            None => Self::Broken,
        }
    }
}

impl LinkError {
    pub(crate) fn kind(&self) -> DialErrorKind {
        match self {
            Self::Dial(error) => error.kind,
            Self::Broken => DialErrorKind::Network,
        }
    }
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dial(error) => error.fmt(f),
            Self::Broken => f.write_str("the connection ended before an answer came"),
        }
    }
}

impl Connection for Link {
    fn connected(&self) -> Connected {
        if self.h2 { Connected::new().negotiated_h2() } else { Connected::new() }
    }
}

impl AsyncRead for Link {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.wire).poll_read(cx, buf)
    }
}

impl AsyncWrite for Link {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.wire).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.wire).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.wire).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.wire).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.wire.is_write_vectored()
    }
}

#[cfg(test)]
mod tests;
