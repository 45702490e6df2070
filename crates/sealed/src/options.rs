//! What a sealed registry is started with.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use hyper_util::client::proxy::matcher::Matcher;
use pulltoken_core::{BaseUrl, Credentials, Ecosystem, Error, ErrorCode, Result, Secret, Timestamp};
use rustls::pki_types::CertificateDer;

/// A credential on loan.
#[derive(Clone, Debug)]
pub struct Lent {
    /// The pair.
    pub credentials: Credentials,
    /// When it expires, if it says so.
    pub expires_at: Option<Timestamp>,
}

/// Gets a fresh credential in place of one that the registry refused or that is about to expire.
///
/// Never called twice at a time, and at most once for a credential that was refused.
pub trait Renew: Send + Sync {
    /// A credential other than the last.
    ///
    /// # Errors
    /// Whatever stands in the way; requests then go on with the old credential.
    fn renew(&self) -> BoxFuture<'_, Result<Lent>>;
}

/// Where connections to a host (as a URL has it) and port are made instead, if anywhere. Names and
/// certificates stay those of the host. What is plain http is rerouted to loopback alone, tunnels
/// wherever they lead.
pub type Reroute = Arc<dyn Fn(&str, u16) -> Option<(String, u16)> + Send + Sync>;

/// The user's own proxies, which everything goes through that they are for. Loopback is reached
/// directly whatever they say.
#[derive(Clone, Default)]
pub struct Proxies(Option<Arc<Matcher>>);

impl Proxies {
    /// None at all.
    pub fn none() -> Self {
        Self(None)
    }

    /// From values as `HTTPS_PROXY` (or `ALL_PROXY`) and `NO_PROXY` hold them. `https_proxy` is used
    /// for tunnels and for the registry; it may hold a user and a password. Empty is unset.
    ///
    /// # Errors
    /// `usage` for a proxy that is no http or https URL: going round it would be worse than stopping.
    pub fn new(https_proxy: Option<&Secret>, no_proxy: &str) -> Result<Self> {
        let Some(proxy) = https_proxy.filter(|proxy| !proxy.is_empty()) else { return Ok(Self::none()) };
        // Handed to the part that dials the proxy.
        let matcher = Matcher::builder().https(proxy.expose()).no(plain(no_proxy)).build();
        // Read here alone, without the exceptions: they could hide what is wrong with it.
        let blunt = Matcher::builder().https(proxy.expose()).build();
        let known = blunt.intercept(&http::Uri::from_static("https://a.test/"));
        if !known.is_some_and(|proxy| matches!(proxy.uri().scheme_str(), Some("http" | "https"))) {
            return Err(Error::new(ErrorCode::Usage, "the proxy set for https is no http or https URL")
                .with_hint("correct HTTPS_PROXY; SOCKS proxies cannot be chained to"));
        }
        Ok(Self(Some(Arc::new(matcher))))
    }

    /// From `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, capital or not.
    ///
    /// # Errors
    /// As [`Proxies::new`].
    pub fn from_env() -> Result<Self> {
        let first = |names: &[&str]| names.iter().find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
        let proxy = first(&["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]).map(Secret::new);
        Self::new(proxy.as_ref(), &first(&["NO_PROXY", "no_proxy"]).unwrap_or_default())
    }

    pub(crate) fn matcher(&self) -> Option<&Matcher> {
        self.0.as_deref()
    }
}

/// `NO_PROXY` with commas between its entries, and `*.example.com` as `.example.com`.
fn plain(no_proxy: &str) -> String {
    let entries = no_proxy.split(|c: char| c == ',' || c.is_whitespace()).filter(|entry| !entry.is_empty());
    entries
        .map(|entry| entry.strip_prefix("*").filter(|rest| !rest.is_empty()).unwrap_or(entry))
        .collect::<Vec<_>>()
        .join(",")
}

/// Does not show the proxies: their URLs may hold passwords.
impl std::fmt::Debug for Proxies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() { "Proxies(set)" } else { "Proxies(none)" })
    }
}

/// Everything a [`crate::SealedProxy`] needs to know.
#[derive(Clone)]
pub struct SealedOptions {
    /// The registry that the credential is for: https by name, or plain http on loopback.
    pub registry: BaseUrl,
    /// The ecosystem whose paths it opens.
    pub ecosystem: Ecosystem,
    /// Where its repositories are below the registry's URL, each beginning and ending with a slash,
    /// when that is not where the ecosystem's own are: a repository manager stands in.
    pub paths: Option<Vec<String>>,
    /// The credential.
    pub lent: Lent,
    /// How to get another.
    pub renew: Option<Arc<dyn Renew>>,
    /// Whom to believe upstream: the system's authorities and what the user adds to them.
    pub roots: Vec<CertificateDer<'static>>,
    /// Authorities that the bundle for the client holds beside those, as the user configured them
    /// for it. Our own connections do not believe them.
    pub client_roots: Vec<CertificateDer<'static>>,
    /// Connections to make elsewhere.
    pub reroute: Option<Reroute>,
    /// The user's own proxies.
    pub proxies: Proxies,
    /// For one connection upstream, its encryption included.
    pub connect_timeout: Duration,
    /// How long a stream may go without a byte.
    pub quiet_limit: Duration,
    /// For how long the certificate shown to the client is good.
    pub lifetime: Duration,
    /// Whether the report tells the integrity of what was downloaded.
    pub hash_downloads: bool,
}

impl SealedOptions {
    /// For a registry and a credential: directly connected, 10 seconds to connect, 60 without a
    /// byte, two days in all, integrity reported.
    pub fn new(registry: BaseUrl, ecosystem: Ecosystem, lent: Lent) -> Self {
        Self {
            registry,
            ecosystem,
            paths: None,
            lent,
            renew: None,
            roots: Vec::new(),
            client_roots: Vec::new(),
            reroute: None,
            proxies: Proxies::none(),
            connect_timeout: Duration::from_secs(10),
            quiet_limit: Duration::from_secs(60),
            lifetime: Duration::from_secs(48 * 3600),
            hash_downloads: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_proxy_is_read_as_users_write_it() {
        let proxies = Proxies::new(Some(&Secret::new("http://proxy.test")), "a.test *.b.test,10.0.0.0/8").unwrap();
        let goes = |host: &str| {
            let uri = format!("https://{host}/").parse().unwrap();
            proxies.matcher().unwrap().intercept(&uri).is_some()
        };
        assert!(!goes("a.test") && !goes("x.b.test") && !goes("10.1.2.3"));
        assert!(goes("c.test") && goes("11.1.2.3"));
        assert_eq!(plain("*"), "*");
    }

    #[test]
    fn a_proxy_that_cannot_be_used_is_an_error_and_not_shown() {
        let new = |text: &str| Proxies::new(Some(&Secret::new(text)), "");
        for text in ["http://proxy.test:3128", "https://user:hunter2@proxy.test", "proxy.test:3128"] {
            assert!(!format!("{:?}", new(text).unwrap()).contains("hunter2"));
        }
        for text in ["socks5://user:hunter2@proxy.test:1080", "ftp://a", "http://", ":::"] {
            let error = new(text).unwrap_err();
            assert_eq!(error.code(), ErrorCode::Usage, "{text}");
            assert!(!error.message().contains("hunter2"));
        }
        assert!(new("").unwrap().matcher().is_none());
    }
}
