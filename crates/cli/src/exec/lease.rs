//! What a package manager needs to know of an open proxy, whoever keeps it open: the command that
//! was run, or an agent.

use std::ffi::OsString;
use std::path::Path;

use pulltoken_core::package_managers::{self, Handles, PackageManager, Variable, Version, no_proxy};
use pulltoken_core::{BaseUrl, Error, ErrorCode, Result, Secret};

use super::environment::Environment;
use super::project::{Arguments, Project};
use super::run_file::RunFile;
use super::user::User;
use super::{contexts, detours, lockfile, pnpm_config};
use crate::output;

/// How many connections npm may open, and how much pnpm up to 10 and Yarn 1 may ask for at a time: they end
/// on this machine, and go on as one. They hide the way to the registry; more of them cost more time than
/// they save (measured with npm and 300 packages, 16 to 100 connections, answers up to 100 ms late).
const CONNECTIONS: u32 = 48;

/// The way to the registry through an open proxy.
#[derive(Clone, Debug)]
pub(crate) struct Lease {
    /// The registry's server.
    server: BaseUrl,
    /// The URLs of its repositories, most used first.
    urls: Vec<String>,
    /// The proxy's URL with its password, which opens the proxy and nothing else.
    proxy: Secret,
    ca_file: String,
}

impl Lease {
    /// For an open proxy.
    ///
    /// # Errors
    /// `file_unwritable` for a bundle whose path is no text.
    pub(crate) fn new(server: BaseUrl, urls: Vec<String>, proxy: Secret, ca_file: &Path) -> Result<Self> {
        let ca_file = ca_file.to_str().map(str::to_owned).ok_or_else(|| {
            Error::new(ErrorCode::FileUnwritable, "the path of our files for this run is not UTF-8")
                .with_hint("set PULLTOKEN_CACHE_DIR to another folder")
        })?;
        Ok(Self { server, urls, proxy, ca_file })
    }

    /// The registry's server.
    pub(crate) fn server(&self) -> &BaseUrl {
        &self.server
    }

    /// The same where the proxy is reached by another way.
    #[cfg(unix)]
    pub(crate) fn through(self, proxy: Secret) -> Self {
        Self { proxy, ..self }
    }

    /// The URLs of its repositories, most used first.
    pub(crate) fn urls(&self) -> &[String] {
        &self.urls
    }

    /// The proxy's URL with its password.
    pub(crate) fn proxy(&self) -> &Secret {
        &self.proxy
    }

    /// The file with the authorities that a client is to believe.
    pub(crate) fn ca_file(&self) -> &str {
        &self.ca_file
    }

    /// The repositories' URLs without their scheme.
    pub(crate) fn darts(&self) -> Vec<String> {
        darts(&self.urls)
    }

    /// Sets what a package manager with these arguments is to find, and names a lockfile that was
    /// made against another registry. The files that are returned have to last as long as it runs.
    ///
    /// # Errors
    /// `file_unreadable` for a current folder that is gone; `file_unwritable`.
    pub(crate) fn prepare(
        &self,
        environment: &mut Environment,
        (manager, version): (PackageManager, Option<Version>),
        arguments: &[OsString],
        user: &User,
    ) -> Result<Vec<RunFile>> {
        let line = Arguments::read(arguments);
        let project = Project::find(&line)?;
        let darts = self.darts();
        if let Some(warning) = lockfile::foreign(project.folder(), &darts) {
            output::note(&warning);
        }
        for detour in detours::of_sealed(manager, version, project.folder(), self.server.host()) {
            output::note(&format!(
                "warning: {detour}, which {manager} prefers to what it is lent\n  hint: take it out if the packages cannot be reached"
            ));
        }
        let names_registry = line.names_registry || project.uses(manager, environment, user, &darts);
        self.lend(environment, manager, version, user, names_registry);
        let mut files = Vec::new();
        if manager == PackageManager::Pnpm
            && let Some(config) = pnpm_config::without_authorities(version, user)?
        {
            environment.set("npm_config_userconfig", config.path());
            files.push(config);
        }
        if self.is_tls() && contexts::are_read_anew_by(manager, version) {
            files.extend(contexts::load(environment, &self.ca_file)?);
        }
        Ok(files)
    }

    fn is_tls(&self) -> bool {
        self.server.origin().starts_with("https:")
    }

    /// Sets a package manager's variables.
    pub(crate) fn lend(
        &self,
        environment: &mut Environment,
        manager: PackageManager,
        version: Option<Version>,
        user: &User,
        names_registry: bool,
    ) {
        let exempt = no_proxy::without(&user.no_proxy(), &self.server);
        let variables = self.variables(environment, manager, version, user, &exempt, names_registry);
        // What its scripts inherit; where these are the client's own variables, they are set below.
        for name in ["NO_PROXY", "no_proxy"] {
            if environment.get(name).is_some() {
                environment.set_exactly(name, &exempt);
            }
        }
        // Some are set in both letter cases.
        variables.iter().for_each(|variable| environment.remove(variable.name));
        for variable in &variables {
            // The proxy's password goes to the package manager: it opens the proxy and nothing else.
            environment.set_exactly(variable.name, variable.value.expose());
        }
    }

    fn variables(
        &self,
        environment: &Environment,
        manager: PackageManager,
        version: Option<Version>,
        user: &User,
        exempt: &str,
        names_registry: bool,
    ) -> Vec<Variable> {
        let setting = package_managers::concurrency_setting(manager);
        let is_open = |setting: &str| {
            let in_environment = |prefix| {
                let name = format!("{prefix}_{}", setting.replace('-', "_"));
                environment.get_ignoring_case(&name).is_some()
            };
            !user.sets(setting) && !["npm_config", "yarn"].into_iter().any(in_environment)
        };
        let handles = Handles {
            registry: self.urls.first().map(String::as_str).filter(|_| !names_registry),
            tls: self.is_tls(),
            proxy: &self.proxy,
            ca_file: &self.ca_file,
            no_proxy: exempt,
            connections: setting.is_some_and(is_open).then_some(CONNECTIONS),
        };
        package_managers::sealed(manager, version, &handles)
    }
}

/// URLs without their scheme.
pub(crate) fn darts(urls: &[String]) -> Vec<String> {
    urls.iter().filter_map(|url| Some(url.split_once(':')?.1.to_owned())).collect()
}
