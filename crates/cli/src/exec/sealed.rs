//! Sealed: the credential stays in this process, in a proxy that lives as long as the command.

use std::ffi::OsString;
use std::future::Future;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use pulltoken_core::formats::RenderOptions;
use pulltoken_core::package_managers::{PackageManager, Version, asks_registry};
use pulltoken_core::{BaseUrl, Ecosystem, Error, ErrorCode, Result};
use pulltoken_sealed::{SealedOptions, SealedProxy, Served};
use tokio::runtime::Runtime;

use super::child;
use super::environment::Environment;
use super::lease::Lease;
use super::loan::Loan;
use super::project::Arguments;
use super::run_file::RunFile;
use super::user::User;
use crate::common::Common;
use crate::output;

/// The repositories that the credential opens.
#[derive(Clone, Debug)]
pub(crate) struct Repositories {
    /// Their server.
    pub(crate) server: BaseUrl,
    /// Where they are there, if that is not where the vendor's are.
    pub(crate) paths: Option<Vec<String>>,
    /// Their URLs, most used first.
    pub(crate) urls: Vec<String>,
}

impl Repositories {
    /// The vendor's own.
    pub(crate) fn of_registry(registry: &BaseUrl, ecosystem: Ecosystem) -> Self {
        let urls = RenderOptions::new(ecosystem, registry.clone()).repository_urls();
        Self { server: registry.clone(), paths: None, urls }
    }

    /// The one at a repository manager's URL.
    ///
    /// # Errors
    /// `invalid_url`.
    pub(crate) fn at(url: &BaseUrl) -> Result<Self> {
        let path = url.as_str().get(url.origin().len()..).unwrap_or_default().trim_end_matches('/');
        let urls = vec![format!("{}{path}/", url.origin())];
        Ok(Self { server: BaseUrl::parse(url.origin())?, paths: Some(vec![format!("{path}/")]), urls })
    }
}

/// An open proxy and the file that its clients need.
pub(crate) struct Sealed {
    runtime: Runtime,
    proxy: SealedProxy,
    bundle: RunFile,
    repositories: Repositories,
}

impl Sealed {
    /// Opens it.
    ///
    /// # Errors
    /// Those of [`SealedProxy::start`]; `file_unreadable`, `file_unwritable`, `usage` for a proxy of
    /// the user's that cannot be used.
    pub(crate) fn open(
        common: &Common,
        repositories: Repositories,
        user: &User,
        configure: impl FnOnce(BaseUrl) -> SealedOptions,
    ) -> Result<Self> {
        let mut options = configure(repositories.server.clone());
        options.paths.clone_from(&repositories.paths);
        options.roots = pulltoken_native::trusted_roots(common.network.ca_file())?;
        // A company's proxy may show its own certificates to us as well.
        options.roots.extend(user.authorities());
        options.proxies = user.proxies()?;
        options.connect_timeout = common.network.connect_timeout();
        let rules = common.network.connect_to();
        if !rules.is_empty() {
            options.reroute = Some(std::sync::Arc::new(move |host, port| {
                let target = rules.iter().find_map(|rule| rule.target(host, port))?;
                Some((target.host, target.port))
            }));
        }
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(threads())
            .enable_all()
            .build()
            .map_err(|error| Error::new(ErrorCode::Internal, format!("no runtime could be started: {error}")))?;
        let proxy = runtime.block_on(SealedProxy::start(options))?;
        let bundle = RunFile::write(".pem", proxy.ca_bundle().as_bytes())?;
        Ok(Self { runtime, proxy, bundle, repositories })
    }

    /// What a client needs to know of it.
    ///
    /// # Errors
    /// `file_unwritable` for a bundle whose path is no text.
    pub(crate) fn lease(&self) -> Result<Lease> {
        let Repositories { server, urls, .. } = &self.repositories;
        Lease::new(server.clone(), urls.clone(), self.proxy.proxy_url(), self.bundle.path())
    }

    /// Runs a command to its end, and says why it failed where the registry knows.
    ///
    /// # Errors
    /// Those of starting it.
    pub(crate) fn run(
        self,
        common: &Common,
        which: Option<(PackageManager, Option<Version>)>,
        program: &Path,
        arguments: &[OsString],
        mut environment: Environment,
        user: &User,
    ) -> Result<(ExitCode, Vec<Served>)> {
        let bundle = self.proxy.ca_bundle();
        let loan = Loan::give(&self.lease()?, bundle, &mut environment, which, arguments, user)?;
        let done = child::run(program, arguments, environment);
        let served = self.proxy.report();
        let why = match self.proxy.explain() {
            None if !self.proxy.was_asked() => {
                let asked = which.filter(|(manager, _)| asks_registry(*manager, &Arguments::read(arguments).words));
                asked.map(|(manager, _)| never_asked(manager, &self.repositories.server))
            }
            why => why,
        };
        self.close();
        drop(loan);
        let code = done?;
        if code != ExitCode::SUCCESS
            && let Some(why) = why
        {
            output::report(&why, common.output == output::Output::Json);
        }
        Ok((code, served))
    }

    /// The authorities that a client is to believe, in PEM form.
    pub(crate) fn ca_bundle(&self) -> &str {
        self.proxy.ca_bundle()
    }

    /// For how long no client has had a connection; zero as long as one has.
    pub(crate) fn idle_for(&self) -> Duration {
        self.proxy.idle_for()
    }

    /// Serves whoever has the lease until something has happened.
    pub(crate) fn until<T>(&self, something: impl Future<Output = T>) -> T {
        self.runtime.block_on(something)
    }

    /// Closes the port and every connection, whatever still holds one.
    pub(crate) fn close(self) {
        self.runtime.block_on(self.proxy.stop());
        self.runtime.shutdown_background();
    }
}

/// How many threads the proxy works with. Of two processors the package manager needs most of both: a
/// second thread made its installs slower, by one to two parts in a hundred.
fn threads() -> usize {
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    if processors > 2 { 2 } else { 1 }
}

/// A package manager that failed without a question to the registry was sent elsewhere.
fn never_asked(manager: PackageManager, registry: &BaseUrl) -> Error {
    Error::new(ErrorCode::Network, format!("{manager} never asked {registry} through pulltoken")).with_hint(
        "if it was meant to, look for a registry, a scope, a proxy or an exception from it (noproxy) that the project's or your own configuration sets",
    )
}
