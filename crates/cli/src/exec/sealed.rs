//! Sealed: the credential stays in this process, in a proxy that lives as long as the command.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use pulltoken_core::formats::RenderOptions;
use pulltoken_core::package_managers::{self, Handles, PackageManager, Version, no_proxy};
use pulltoken_core::{BaseUrl, Ecosystem, Error, ErrorCode, Result};
use pulltoken_sealed::{SealedOptions, SealedProxy, Served};
use tokio::runtime::Runtime;

use super::environment::Environment;
use super::project::{Arguments, Project};
use super::run_file::RunFile;
use super::user::User;
use super::{child, detours, lockfile};
use crate::common::Common;
use crate::output;

/// How many connections a package manager may open: they end on this machine, and go on as one.
const CONNECTIONS: u32 = 64;

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

    fn darts(&self) -> Vec<String> {
        self.urls.iter().filter_map(|url| Some(url.split_once(':')?.1.to_owned())).collect()
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
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(|error| Error::new(ErrorCode::Internal, format!("no runtime could be started: {error}")))?;
        let proxy = runtime.block_on(SealedProxy::start(options))?;
        let bundle = RunFile::write(".pem", proxy.ca_bundle().as_bytes())?;
        Ok(Self { runtime, proxy, bundle, repositories })
    }

    /// Sets a package manager's variables.
    ///
    /// # Errors
    /// `file_unwritable` for a bundle whose path is no text.
    pub(crate) fn lend(
        &self,
        environment: &mut Environment,
        manager: PackageManager,
        version: Option<Version>,
        user: &User,
        names_registry: bool,
    ) -> Result<()> {
        let server = &self.repositories.server;
        let ca_file = self.bundle.path().to_str().ok_or_else(|| {
            Error::new(ErrorCode::FileUnwritable, "the path of our files for this run is not UTF-8")
                .with_hint("set PULLTOKEN_CACHE_DIR to another folder")
        })?;
        let exempt = no_proxy::without(&user.no_proxy(), server);
        let has_choice = user.sets("maxsockets") || environment.get_ignoring_case("npm_config_maxsockets").is_some();
        let handles = Handles {
            registry: self.repositories.urls.first().map(String::as_str).filter(|_| !names_registry),
            tls: server.origin().starts_with("https:"),
            proxy: &self.proxy.proxy_url(),
            ca_file,
            no_proxy: &exempt,
            connections: (!has_choice).then_some(CONNECTIONS),
        };
        let variables = package_managers::sealed(manager, version, &handles);
        // Some are set in both letter cases.
        variables.iter().for_each(|variable| environment.remove(variable.name));
        for variable in &variables {
            // The proxy's password goes to the package manager: it opens the proxy and nothing else.
            environment.set_exactly(variable.name, variable.value.expose());
        }
        for name in ["NO_PROXY", "no_proxy"] {
            if environment.get(name).is_some() && environment.get_ignoring_case(name) != Some(exempt.as_ref()) {
                environment.set_exactly(name, &exempt);
            }
        }
        Ok(())
    }

    /// Runs a package manager to its end, and says why it failed where the registry knows.
    ///
    /// # Errors
    /// Those of starting it.
    pub(crate) fn run(
        self,
        common: &Common,
        (manager, version): (PackageManager, Option<Version>),
        program: &Path,
        arguments: &[OsString],
        mut environment: Environment,
        user: &User,
    ) -> Result<(ExitCode, Vec<Served>)> {
        let line = Arguments::read(arguments);
        let project = Project::find(&line)?;
        let darts = self.repositories.darts();
        if let Some(warning) = lockfile::foreign(project.folder(), &darts) {
            output::note(&warning);
        }
        for detour in detours::of_sealed(manager, version, project.folder(), self.repositories.server.host()) {
            output::note(&format!(
                "warning: {detour}, which {manager} prefers to what it is lent\n  hint: take it out if the packages cannot be reached"
            ));
        }
        let names_registry = line.names_registry || project.uses(manager, &environment, user, &darts);
        self.lend(&mut environment, manager, version, user, names_registry)?;
        let done = child::run(program, arguments, environment);
        let served = self.proxy.report();
        let why = match self.proxy.explain() {
            None if !self.proxy.was_asked() && package_managers::asks_registry(manager, &line.words) => {
                Some(never_asked(manager, &self.repositories.server))
            }
            why => why,
        };
        self.close();
        let code = done?;
        if code != ExitCode::SUCCESS
            && let Some(why) = why
        {
            output::report(&why, common.output == output::Output::Json);
        }
        Ok((code, served))
    }

    /// Closes the port and every connection, whatever still holds one.
    pub(crate) fn close(self) {
        self.runtime.block_on(self.proxy.stop());
        self.runtime.shutdown_background();
    }
}

/// A package manager that failed without a question to the registry was sent elsewhere.
fn never_asked(manager: PackageManager, registry: &BaseUrl) -> Error {
    Error::new(ErrorCode::Network, format!("{manager} never asked {registry} through pulltoken")).with_hint(
        "if it was meant to, look for a registry, a scope, a proxy or an exception from it (noproxy) that the project's or your own configuration sets",
    )
}
