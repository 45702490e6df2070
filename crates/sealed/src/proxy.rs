//! Starting and stopping.

use std::sync::Arc;
use std::time::Duration;

use pulltoken_core::{Error, ErrorCode, Result, Secret};
use rustls::RootCertStore;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::connection::Context;
use crate::dial::{Dialer, Reach};
use crate::idle::Idle;
use crate::link::{self, Connector, RegistryPool, tls_config};
use crate::options::SealedOptions;
use crate::password::Password;
use crate::purse::Purse;
use crate::registry::Registry;
use crate::report::{Report, Served};
use crate::upstream::Upstream;
use crate::{authority, bundle, clock, explain, listener};

/// A loopback proxy that lends the registry's credential to whoever knows its password, without
/// showing it.
///
/// It ends TLS for the registry's host alone, with a certificate from an authority that vouches for
/// that name and nothing else; every other connection passes through untouched. It runs on the
/// runtime that it was started on, until it is stopped or dropped: then the port is closed and so is
/// every connection, within a second.
pub struct SealedProxy {
    context: Arc<Context>,
    port: u16,
    ca_bundle: String,
    serving: JoinHandle<()>,
    /// Its end, in whatever way, is the sign to stop.
    stop: oneshot::Sender<()>,
}

impl SealedProxy {
    /// Opens the port and makes the first connection to the registry in the background.
    ///
    /// # Errors
    /// `usage` for a registry or an ecosystem that cannot be sealed; `value_not_representable` for
    /// a credential that fits in no header; `tls` where there is nobody to believe; `internal`.
    pub async fn start(options: SealedOptions) -> Result<Self> {
        let registry = Arc::new(Registry::new(&options.registry, options.ecosystem, options.paths.as_deref())?);
        let mut bundled = options.roots.clone();
        bundled.extend(options.client_roots.iter().cloned());
        let acceptor = if registry.is_tls() {
            let issued = authority::issue(registry.host(), clock::now(), options.lifetime)?;
            bundled.push(issued.authority);
            Some(TlsAcceptor::from(issued.server))
        } else {
            None
        };
        let password = Password::draw()?;
        let (upstream, dialer) = upstream(&options, &registry)?;
        let ca_bundle = bundle::pem(&bundled);
        let context = Arc::new(Context {
            password,
            upstream,
            dialer,
            acceptor,
            report: Report::default(),
            hash_downloads: options.hash_downloads,
            quiet_limit: options.quiet_limit,
            bodies: Context::bodies(),
            idle: Idle::new(),
        });
        let (listener, port) = listener::bind().await?;
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(listener::serve(listener, Arc::clone(&context), stopped));
        Ok(Self { context, port, ca_bundle, serving, stop })
    }

    /// `http://s:PASSWORD@127.0.0.1:PORT`, for the client alone.
    pub fn proxy_url(&self) -> Secret {
        // Goes to the client's proxy setting: it opens this proxy and nothing else.
        Secret::new(format!("http://{}@127.0.0.1:{}", self.context.password.userinfo().expose(), self.port))
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The authorities that the client is to believe, in PEM form: the system's, the user's own and
    /// the one of this run.
    pub fn ca_bundle(&self) -> &str {
        &self.ca_bundle
    }

    /// What was downloaded and what was refused so far, in the order in which it was asked for.
    pub fn report(&self) -> Vec<Served> {
        self.context.report.all()
    }

    /// Whether the registry was asked for anything so far.
    pub fn was_asked(&self) -> bool {
        self.context.report.was_asked()
    }

    /// Why the command may have failed, as the registry sees it: the gravest of what it answered,
    /// and what to do. `None` where it gave everything that was asked for.
    pub fn explain(&self) -> Option<Error> {
        explain::explain(&self.report(), self.context.upstream.purse.failure())
    }

    /// For how long no client has had a connection; zero as long as one has.
    pub fn idle_for(&self) -> Duration {
        self.context.idle.duration()
    }

    /// Closes the port and every connection.
    pub async fn stop(self) {
        drop(self.stop);
        // A task that was stopped with its runtime has closed everything as well.
        let _ = self.serving.await;
    }
}

/// Shows where it listens, and no password.
impl std::fmt::Debug for SealedProxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SealedProxy(127.0.0.1:{})", self.port)
    }
}

fn upstream(options: &SealedOptions, registry: &Arc<Registry>) -> Result<(Upstream, Arc<Dialer>)> {
    let mut roots = RootCertStore::empty();
    // Bundles hold old certificates that rustls cannot read; whoever relies on one is told by TLS.
    let _ = roots.add_parsable_certificates(options.roots.iter().cloned());
    if registry.is_tls() && roots.is_empty() {
        return Err(Error::new(ErrorCode::Tls, "there is nobody to believe when the registry shows its certificate"));
    }
    let config = |alpn: &[&[u8]]| {
        let config = tls_config(roots.clone(), alpn).map(Arc::new);
        config.map_err(|error| Error::new(ErrorCode::Internal, format!("TLS cannot be set up: {error}")))
    };
    let (plain, web) = (config(&[])?, config(&[b"h2", b"http/1.1"])?);
    let dialer = Dialer::new(options.reroute.clone(), options.proxies.clone(), plain, options.connect_timeout);
    let dialer = Arc::new(dialer);
    let reach = if registry.authority().is_loopback() { Reach::Anywhere } else { Reach::Public };
    let to_registry = Connector::new(Arc::clone(&dialer), Arc::clone(&web), Reach::Anywhere);
    let elsewhere = Connector::new(Arc::clone(&dialer), web, reach);
    let uri = format!("{}/", registry.origin()).parse();
    let uri = uri.map_err(|_| Error::new(ErrorCode::InvalidUrl, "the registry's URL cannot be connected to"))?;
    let upstream = Upstream {
        registry: Arc::clone(registry),
        pool: RegistryPool::new(uri, to_registry),
        elsewhere: link::pool(elsewhere),
        purse: Purse::new(options.lent.clone(), options.renew.clone())?,
        quiet_limit: options.quiet_limit,
    };
    Ok((upstream, dialer))
}
