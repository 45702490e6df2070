//! npm, direct: it gets the credential itself, bound to the registry's host and paths.
//!
//! npm has no hook to ask for a credential. It reads a user configuration that exists for this run
//! alone and names a variable; the variable's name is drawn anew each time, so that no project can
//! write it down. What npm runs (install scripts) can read its environment: the price of direct.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use pulltoken_core::formats::RenderOptions;
use pulltoken_core::formats::npmrc;
use pulltoken_core::{Credentials, Ecosystem, Result};

use super::environment::Environment;
use super::npm_project::{Arguments, Project};
use super::{child, lockfile, userconfig};
use crate::common::Common;
use crate::output;
use crate::random;

/// The first major version of npm that refuses tarballs outside the registry's path unless told
/// otherwise (`EALLOWREMOTE`): upstream packages lie there.
const REFUSES_REMOTE: u32 = 12;

/// Runs npm or npx.
pub(crate) fn run(
    common: &Common,
    program: &Path,
    arguments: &[OsString],
    credentials: &Credentials,
    mut environment: Environment,
) -> Result<ExitCode> {
    let line = Arguments::read(arguments);
    // What npx runs is a package, whatever it is called.
    let is_npm = program.file_stem().is_some_and(|name| name == "npm");
    if is_npm && line.writes_elsewhere() {
        if !common.quiet {
            output::note(&format!(
                "npm {} needs no access to the libraries: it runs without",
                line.command.unwrap_or_default()
            ));
        }
        return child::run(program, arguments, environment);
    }
    let options = RenderOptions::new(Ecosystem::JavaScript, common.registry.clone());
    let darts = npmrc::darts(&options);
    let variable = random_name()?;
    let project = Project::find(&line)?;

    warn_of_tokens(&project, &darts);
    if let Some(warning) = lockfile::foreign(project.folder(), &darts) {
        output::note(&warning);
    }
    // Lives until the command has ended.
    let file = userconfig::write(&environment, &options, &variable)?;
    if line.names_userconfig || project.has_entries(&darts) {
        // What comes by variable beats a project's own settings; npm expands the inner name too.
        for dart in &darts {
            environment.set(&format!("npm_config_{dart}:_auth"), format!("${{{variable}}}"));
        }
    }
    if !line.names_registry && !project.uses(&environment, file.text(), &darts) {
        let registry = options.repository_urls().into_iter().next().unwrap_or_default();
        environment.set("npm_config_registry", registry);
    }
    if major_version(program).is_some_and(|version| version >= REFUSES_REMOTE) {
        environment.set("npm_config_allow_remote", "all");
    }
    environment.set("npm_config_userconfig", file.path());
    // Goes to npm, which needs it; the name is in the file that it reads.
    environment.set(&variable, credentials.basic().expose());
    child::run(program, arguments, environment)
}

fn random_name() -> Result<String> {
    Ok(format!("PULLTOKEN_{}", random::hex::<16>()?.to_ascii_uppercase()))
}

/// npm prefers a token over the pair it is lent, wherever each stands.
fn warn_of_tokens(project: &Project, darts: &[String]) {
    for entry in project.entries(darts).iter().filter(|entry| entry.key == "_authToken") {
        output::note(&format!(
            "warning: the project's .npmrc (line {}) has its own _authToken for {}, which npm prefers\n  hint: take it out; exec lends the credential",
            entry.line, entry.dart
        ));
    }
}

/// The version in the package that the program belongs to; read, not asked, since asking runs code.
fn major_version(program: &Path) -> Option<u32> {
    let real = program.canonicalize().ok()?;
    real.ancestors().skip(1).take(4).find_map(|folder| {
        let text = std::fs::read_to_string(folder.join("package.json")).ok()?;
        let package: serde_json::Value = serde_json::from_str(&text).ok()?;
        if package["name"] != "npm" {
            return None;
        }
        package["version"].as_str()?.split('.').next()?.parse().ok()
    })
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
    fn the_version_is_read_from_the_package() {
        let folder = tempfile::tempdir().unwrap();
        let bin = folder.path().join("bin");
        std::fs::create_dir(&bin).unwrap();
        std::fs::write(bin.join("npm-cli.js"), "").unwrap();
        std::fs::write(folder.path().join("package.json"), r#"{"name":"npm","version":"12.2.0"}"#).unwrap();
        assert_eq!(major_version(&bin.join("npm-cli.js")), Some(12));
        std::fs::write(folder.path().join("package.json"), r#"{"name":"other","version":"12.2.0"}"#).unwrap();
        assert_eq!(major_version(&bin.join("npm-cli.js")), None);
    }
}
