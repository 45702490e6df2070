//! Direct: the package manager gets the credential itself, bound to the registry's host and paths.
//!
//! It reads a user configuration that exists for this run alone and names a variable; the variable's
//! name is drawn anew each time, so that no project can write it down. What it runs (install scripts)
//! can read its environment: the price of direct.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use pulltoken_core::formats::RenderOptions;
use pulltoken_core::formats::npmrc;
use pulltoken_core::package_managers::{PackageManager, Version};
use pulltoken_core::{Credentials, Ecosystem, Error, ErrorCode, Result};

use super::environment::Environment;
use super::project::{Arguments, Project};
use super::run_file::RunFile;
use super::user::User;
use super::{child, detours, guard, lockfile, preload, userconfig};
use crate::common::Common;
use crate::output;
use crate::random;

/// The first version of npm that refuses tarballs outside the registry's path unless told otherwise
/// (`EALLOWREMOTE`): upstream packages lie there.
const REFUSES_REMOTE: u32 = 12;

/// A package manager that can be given a credential without passing it on to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Channel {
    manager: PackageManager,
    version: Option<Version>,
}

impl Channel {
    /// The way for a package manager, if there is a safe one.
    ///
    /// # Errors
    /// `usage` for one that would send the credential elsewhere.
    pub(crate) fn of(manager: PackageManager, version: Option<Version>) -> Result<Self> {
        let refuse = |why: &str, hint: &'static str| {
            let message = format!("{manager} cannot be given the credential itself: {why}");
            Err(Error::new(ErrorCode::Usage, message).with_hint(hint))
        };
        match (manager, version) {
            (PackageManager::Yarn, Some(version)) if version.major < 2 => Ok(Self { manager, version: Some(version) }),
            (PackageManager::Yarn, _) => refuse(
                "Yarn sends what it holds to other registries that a project names",
                "leave --direct out, or use the Yarn plugin",
            ),
            (PackageManager::Bun, Some(version)) if (version.major, version.minor) >= (1, 4) => {
                Ok(Self { manager, version: Some(version) })
            }
            (PackageManager::Bun, _) => refuse(
                "Bun before 1.4 sends it wherever a lockfile or a tarball's address points",
                "leave --direct out",
            ),
            (PackageManager::Npm | PackageManager::Pnpm, _) => Ok(Self { manager, version }),
        }
    }

    /// Runs the package manager.
    pub(crate) fn run(
        self,
        common: &Common,
        program: &Path,
        arguments: &[OsString],
        credentials: &Credentials,
        mut environment: Environment,
    ) -> Result<ExitCode> {
        let line = Arguments::read(arguments);
        let options = RenderOptions::new(Ecosystem::JavaScript, common.registry.clone());
        let darts = npmrc::darts(&options);
        let variable = random_name()?;
        let (project, user) = (Project::find(&line)?, User::read(&environment));

        if let Some(detour) = detours::of_direct(self.manager, project.folder()).first() {
            let message = format!("{detour}: {} could be made to give the credential away", self.manager);
            return Err(Error::new(ErrorCode::Usage, message)
                .with_hint("leave --direct out: the sealed way does not depend on it; or move the setting to your own configuration"));
        }
        warn_of_tokens(&project, &darts, self.manager);
        if let Some(warning) = lockfile::foreign(project.folder(), &darts) {
            output::note(&warning);
        }
        let more: &[&str] = if self.manager == PackageManager::Yarn { &["always-auth=true"] } else { &[] };
        // Both live until the command has ended.
        let file = userconfig::write(user.npmrc(), &options, &variable, more)?;
        let guard = self.guard(&mut environment, &options, &variable)?;

        if line.names_userconfig || !project.entries(&darts).is_empty() {
            // What comes by variable beats a project's own settings; npm expands the inner name too.
            for dart in &darts {
                environment.set(&format!("npm_config_{dart}:_auth"), format!("${{{variable}}}"));
            }
        }
        if !line.names_registry && !project.uses(self.manager, &environment, &user, &darts) {
            let registry = options.repository_urls().into_iter().next().unwrap_or_default();
            environment.set(self.registry_variable(), registry);
        }
        if self.manager == PackageManager::Npm && self.version.is_some_and(|version| version.major >= REFUSES_REMOTE) {
            environment.set("npm_config_allow_remote", "all");
        }
        environment.set("npm_config_userconfig", file.path());
        // Goes to the package manager, which needs it; the name is in the file that it reads.
        environment.set(&variable, credentials.basic().expose());
        let done = child::run(program, arguments, environment);
        drop((file, guard));
        done
    }

    fn registry_variable(self) -> &'static str {
        match self.manager {
            PackageManager::Pnpm if self.version.is_none_or(|version| version.major >= 11) => "pnpm_config_registry",
            PackageManager::Bun => "NPM_CONFIG_REGISTRY",
            _ => "npm_config_registry",
        }
    }

    /// npm and Yarn 1 send the credential along when they are redirected; a small module that Node
    /// loads first takes it off again.
    fn guard(self, environment: &mut Environment, options: &RenderOptions, variable: &str) -> Result<Option<RunFile>> {
        if !matches!(self.manager, PackageManager::Npm | PackageManager::Yarn) {
            return Ok(None);
        }
        preload::load(environment, &guard::module(&options.repository_urls(), variable)?).map(Some)
    }
}

fn random_name() -> Result<String> {
    Ok(format!("PULLTOKEN_{}", random::hex::<16>()?.to_ascii_uppercase()))
}

/// A token is preferred over the pair that is lent, wherever each stands.
fn warn_of_tokens(project: &Project, darts: &[String], manager: PackageManager) {
    for entry in project.entries(darts).iter().filter(|entry| entry.key == "_authToken") {
        output::note(&format!(
            "warning: the project's .npmrc (line {}) has its own _authToken for {}, which {manager} prefers\n  hint: take it out; exec lends the credential",
            entry.line, entry.dart
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_is_another_each_time() {
        let (one, other) = (random_name().unwrap(), random_name().unwrap());
        assert_ne!(one, other);
        assert!(one.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_'), "{one}");
    }

    #[test]
    fn who_passes_credentials_on_gets_none() {
        let of = |manager, version: Option<&str>| Channel::of(manager, version.and_then(Version::parse)).is_ok();
        assert!(of(PackageManager::Npm, None) && of(PackageManager::Pnpm, Some("12.0.0")));
        assert!(of(PackageManager::Yarn, Some("1.22.22")) && of(PackageManager::Bun, Some("1.4.0")));
        assert!(!of(PackageManager::Yarn, Some("3.8.7")) && !of(PackageManager::Yarn, None));
        assert!(!of(PackageManager::Bun, Some("1.3.9")) && !of(PackageManager::Bun, None));
    }
}
