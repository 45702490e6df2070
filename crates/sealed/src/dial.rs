//! Making connections: directly, by the user's own proxy, or elsewhere as the user said.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use hyper_util::client::proxy::matcher::Intercept;
use pulltoken_core::text::printable_prefix;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsConnector;

use crate::chain;
use crate::options::{Proxies, Reroute};
use crate::public_address::is_public;
use crate::target::Authority;

/// How long an address has before the next is tried beside it (RFC 8305).
const HEAD_START: Duration = Duration::from_millis(250);

/// A connection, whatever it is made of.
pub(crate) trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

/// Why there is no connection.
#[derive(Debug)]
pub(crate) struct DialError {
    pub(crate) kind: DialErrorKind,
    message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DialErrorKind {
    /// It may work another time.
    Network,
    Timeout,
    /// A certificate that nobody vouches for, and the like.
    Tls,
    /// It is not to be made.
    Refused,
    /// The server does not speak HTTP/2, as it did before.
    Downgraded,
}

impl DialError {
    pub(crate) fn new(kind: DialErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }
}

impl fmt::Display for DialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for DialError {}

/// Which addresses may be connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    Anywhere,
    /// Those of the public internet, and those that the user named for a host.
    Public,
    /// Those of this machine.
    Loopback,
}

impl Reach {
    fn covers(self, address: IpAddr) -> bool {
        match self {
            Self::Anywhere => true,
            Self::Public => is_public(address),
            Self::Loopback => address.to_canonical().is_loopback(),
        }
    }

    /// What is said of an address that it does not cover.
    fn refusal(self) -> DialError {
        let message = match self {
            Self::Anywhere => "it leads to no address",
            Self::Public => "it leads to an address that is not of the public internet",
            Self::Loopback => "it is rerouted to another machine, which would be spoken to in the clear",
        };
        DialError::new(DialErrorKind::Refused, message)
    }
}

/// Makes connections.
pub(crate) struct Dialer {
    reroute: Option<Reroute>,
    proxies: Proxies,
    /// For proxies that are spoken to over TLS.
    tls: Arc<ClientConfig>,
    limit: Duration,
}

impl Dialer {
    pub(crate) fn new(reroute: Option<Reroute>, proxies: Proxies, tls: Arc<ClientConfig>, limit: Duration) -> Self {
        Self { reroute, proxies, tls, limit }
    }

    /// What a connection gives, if it does so in time. The future is boxed: it is large, and rarely
    /// run.
    pub(crate) async fn in_time<T>(
        &self,
        to: &Authority,
        connecting: BoxFuture<'_, Result<T, DialError>>,
    ) -> Result<T, DialError> {
        let too_slow =
            || DialError::new(DialErrorKind::Timeout, format!("no connection to {to} within {:?}", self.limit));
        timeout(self.limit, connecting).await.map_err(|_| too_slow())?
    }

    /// Makes a connection for TLS, or for bytes that are a client's own affair.
    pub(crate) async fn dial(&self, to: &Authority, reach: Reach) -> Result<Box<dyn Wire>, DialError> {
        self.in_time(to, Box::pin(self.dial_by_the_way(to, reach, Reach::Anywhere))).await
    }

    /// Makes a connection for requests of our own in the clear: where one is rerouted, it stays on
    /// this machine.
    pub(crate) async fn dial_in_the_clear(&self, to: &Authority, reach: Reach) -> Result<Box<dyn Wire>, DialError> {
        self.in_time(to, Box::pin(self.dial_by_the_way(to, reach, Reach::Loopback))).await
    }

    async fn dial_by_the_way(
        &self,
        to: &Authority,
        reach: Reach,
        rerouted_reach: Reach,
    ) -> Result<Box<dyn Wire>, DialError> {
        let rerouted = self.reroute.as_ref().and_then(|reroute| reroute(&to.host().to_ascii_lowercase(), to.port()));
        if let Some((host, port)) = rerouted {
            let stream = direct(host.trim_matches(['[', ']']), port, rerouted_reach).await?;
            return Ok(Box::new(stream));
        }
        match self.proxy_for(to) {
            Some(proxy) => {
                // Which address a name has is the proxy's affair; what is no name can be judged here.
                let private = to.is_loopback() || to.name().parse::<IpAddr>().is_ok_and(|address| !is_public(address));
                if reach == Reach::Public && private {
                    return Err(reach.refusal());
                }
                self.by_proxy(&proxy, to).await
            }
            None => Ok(Box::new(direct(to.name(), to.port(), reach).await?)),
        }
    }

    fn proxy_for(&self, to: &Authority) -> Option<Intercept> {
        let uri = http::Uri::builder().scheme("https").authority(to.to_string()).path_and_query("/").build().ok()?;
        self.proxies.matcher().filter(|_| !to.is_loopback())?.intercept(&uri)
    }

    async fn by_proxy(&self, proxy: &Intercept, to: &Authority) -> Result<Box<dyn Wire>, DialError> {
        let told = |error: DialError| DialError::new(error.kind, format!("by the proxy set for https: {error}"));
        let over_tls = proxy.uri().scheme_str() == Some("https");
        let host = proxy.uri().host().unwrap_or_default().trim_matches(['[', ']']);
        let port = proxy.uri().port_u16().unwrap_or(if over_tls { 443 } else { 80 });
        let stream = direct(host, port, Reach::Anywhere).await.map_err(told)?;
        if over_tls {
            let stream = tls(&self.tls, host, stream).await.map_err(told)?;
            Ok(Box::new(chain::connect(stream, proxy.basic_auth(), to).await.map_err(told)?))
        } else {
            Ok(Box::new(chain::connect(stream, proxy.basic_auth(), to).await.map_err(told)?))
        }
    }
}

/// Puts TLS on a connection, for this name.
pub(crate) async fn tls<S: AsyncRead + AsyncWrite + Unpin>(
    config: &Arc<ClientConfig>,
    host: &str,
    stream: S,
) -> Result<tokio_rustls::client::TlsStream<S>, DialError> {
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| DialError::new(DialErrorKind::Tls, format!("{host} is no name that a certificate could have")))?;
    TlsConnector::from(Arc::clone(config)).connect(name, stream).await.map_err(|error| {
        let by_tls = error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>());
        let kind = if by_tls { DialErrorKind::Tls } else { DialErrorKind::Network };
        DialError::new(kind, format!("no secure connection to {host}: {}", printable_prefix(&error.to_string(), 200)))
    })
}

/// Connects to the first address of a host that answers.
async fn direct(host: &str, port: u16, reach: Reach) -> Result<TcpStream, DialError> {
    let network = |what: &str, error: &dyn fmt::Display| {
        let why = printable_prefix(&error.to_string(), 200);
        DialError::new(DialErrorKind::Network, format!("{what} {host}: {why}"))
    };
    let found = tokio::net::lookup_host((host, port)).await.map_err(|error| network("cannot find", &error))?;
    let addresses: Vec<SocketAddr> = found.filter(|address| reach.covers(address.ip())).collect();
    if addresses.is_empty() {
        return Err(match reach {
            Reach::Anywhere => network("cannot find", &"it has no address"),
            Reach::Public | Reach::Loopback => reach.refusal(),
        });
    }
    let stream = race(addresses).await.map_err(|error| network("cannot connect to", &error))?;
    // Answers come in small pieces at times; waiting for more to send would only cost time.
    let _ = stream.set_nodelay(true);
    let peer = stream.peer_addr().map_err(|error| network("cannot connect to", &error))?;
    if !reach.covers(peer.ip()) {
        return Err(reach.refusal());
    }
    Ok(stream)
}

/// Tries addresses with a head start for each, both families in turn.
async fn race(addresses: Vec<SocketAddr>) -> std::io::Result<TcpStream> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (first, second): (Vec<_>, Vec<_>) = addresses.into_iter().partition(|address| address.is_ipv6() == first_is_v6);
    let mut waiting = std::collections::VecDeque::new();
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    loop {
        let pair = (first.next(), second.next());
        waiting.extend(pair.0.into_iter().chain(pair.1));
        if pair == (None, None) {
            break;
        }
    }
    let mut tries = FuturesUnordered::new();
    let mut last = std::io::Error::from(std::io::ErrorKind::NotFound);
    loop {
        match waiting.pop_front() {
            Some(address) => tries.push(TcpStream::connect(address)),
            None if tries.is_empty() => return Err(last),
            None => {}
        }
        tokio::select! {
            Some(tried) = tries.next() => match tried {
                Ok(stream) => return Ok(stream),
                Err(error) => last = error,
            },
            () = sleep(HEAD_START), if !waiting.is_empty() => {}
        }
    }
}

#[cfg(test)]
mod tests;
