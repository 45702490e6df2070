//! What a command is given of an open proxy, for as long as it runs.

use std::ffi::OsString;

use pulltoken_core::Result;
use pulltoken_core::package_managers::{PackageManager, Version, asks_registry};

use super::environment::Environment;
use super::lease::Lease;
use super::project::Arguments;
use super::run_file::{RunFile, RunFolder};
use super::user::User;
use crate::agent::info::{self, Telling};
use crate::agent::name::{self, AgentName};
use crate::shims;

/// Files that go when the command has ended.
pub(crate) struct Loan {
    _shims: Option<RunFolder>,
    _files: Vec<RunFile>,
}

impl Loan {
    /// Prepares a command's environment. A package manager gets its variables; whatever may start
    /// others gets shims at the front of its `PATH`, and the variable that names the proxy.
    ///
    /// # Errors
    /// `file_unwritable`, `file_unreadable`.
    pub(crate) fn give(
        lease: &Lease,
        ca_bundle: &str,
        environment: &mut Environment,
        which: Option<(PackageManager, Option<Version>)>,
        arguments: &[OsString],
        user: &User,
    ) -> Result<Self> {
        let installs = |(manager, _)| asks_registry(manager, &Arguments::read(arguments).words);
        // In an agent's shell even what an install starts would be that agent's.
        let may_start_others = !which.is_some_and(installs) || environment.get(name::VARIABLE).is_some();
        let shims = may_start_others.then(|| lend_shims(lease, ca_bundle, environment)).transpose()?;
        let files = match which {
            Some(which) => lease.prepare(environment, which, arguments, user)?,
            None => Vec::new(),
        };
        Ok(Self { _shims: shims, _files: files })
    }
}

fn lend_shims(lease: &Lease, ca_bundle: &str, environment: &mut Environment) -> Result<RunFolder> {
    let folder = RunFolder::make()?;
    let name = AgentName::new(lease.proxy(), folder.path())?;
    let telling = Telling { port: name.port, server: lease.server(), registries: lease.urls(), everywhere: true };
    info::write_authorities(folder.path(), ca_bundle)?;
    info::write(folder.path(), &telling)?;
    let programs = folder.path().join("bin");
    shims::files::write(&programs, &shims::folder::program()?)?;
    let path = shims::folder::in_front(&programs, environment.get("PATH").unwrap_or_default());
    environment.set("PATH", path);
    // Goes to the command for its package managers: it opens the proxy and nothing else.
    environment.set(name::VARIABLE, name.to_text().expose());
    Ok(folder)
}
