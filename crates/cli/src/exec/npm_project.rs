//! The project that npm is run in, and what its command line says.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use pulltoken_core::formats::npmrc::{self, Entry};
use pulltoken_core::{Error, ErrorCode, Result};

use super::environment::Environment;

/// npm's commands that write to a registry, an account or the user's configuration. They get
/// nothing of ours: they have other credentials, and what they wrote would be lost.
const WRITING: [&str; 18] = [
    "access",
    "adduser",
    "add-user",
    "c",
    "config",
    "deprecate",
    "dist-tag",
    "dist-tags",
    "login",
    "logout",
    "org",
    "owner",
    "profile",
    "publish",
    "set",
    "team",
    "token",
    "unpublish",
];
/// Flags whose value is an argument of its own, as far as they matter here.
const WITH_VALUE: [&str; 8] =
    ["--prefix", "-C", "--registry", "--userconfig", "--workspace", "-w", "--loglevel", "--cache"];

/// What npm's command line says that matters here.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Arguments<'a> {
    pub(super) command: Option<&'a str>,
    pub(super) prefix: Option<&'a str>,
    pub(super) names_registry: bool,
    pub(super) names_userconfig: bool,
}

impl<'a> Arguments<'a> {
    pub(super) fn read(arguments: &'a [OsString]) -> Self {
        let mut line = Self::default();
        let mut rest = arguments.iter().map(|argument| argument.to_str().unwrap_or_default());
        while let Some(argument) = rest.next() {
            if argument == "--" {
                break;
            }
            if !argument.starts_with('-') {
                line.command = line.command.or(Some(argument));
                continue;
            }
            let (flag, value) = match argument.split_once('=') {
                Some((flag, value)) => (flag, Some(value)),
                None if WITH_VALUE.contains(&argument) => (argument, rest.next()),
                None => (argument, None),
            };
            match flag {
                "--prefix" | "-C" => line.prefix = value,
                "--registry" => line.names_registry = true,
                "--userconfig" => line.names_userconfig = true,
                _ => {}
            }
        }
        line
    }

    pub(super) fn writes_elsewhere(&self) -> bool {
        self.command.is_some_and(|command| WRITING.contains(&command))
    }
}

/// A folder with a package in it, and its `.npmrc`.
pub(super) struct Project {
    folder: PathBuf,
    npmrc: String,
}

impl Project {
    /// The project as npm finds it: the folder named, else the nearest one upwards that holds a
    /// `package.json` or `node_modules`, else this one.
    pub(super) fn find(line: &Arguments<'_>) -> Result<Self> {
        let here = std::env::current_dir().map_err(|error| {
            Error::new(ErrorCode::FileUnreadable, format!("the current folder cannot be read: {error}"))
        })?;
        let folder = match line.prefix {
            Some(prefix) => here.join(prefix),
            None => {
                let is_project =
                    |folder: &&Path| folder.join("package.json").exists() || folder.join("node_modules").exists();
                here.ancestors().find(is_project).unwrap_or(&here).to_owned()
            }
        };
        // One that is missing or unreadable says nothing; npm itself reports the latter.
        let npmrc = std::fs::read_to_string(folder.join(".npmrc")).unwrap_or_default();
        Ok(Self { folder, npmrc })
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The project's own settings for these darts.
    pub(super) fn entries(&self, darts: &[String]) -> Vec<Entry> {
        npmrc::entries_for(&self.npmrc, darts)
    }

    pub(super) fn has_entries(&self, darts: &[String]) -> bool {
        !self.entries(darts).is_empty()
    }

    /// Whether npm would use one of our repositories anyway: by variable, project or user, the
    /// first of them that names one.
    pub(super) fn uses(&self, environment: &Environment, user_npmrc: &str, darts: &[String]) -> bool {
        // A registry's address is no secret.
        let in_file = |text: &str| npmrc::value(text, "registry").map(|url| url.expose().to_owned());
        let by_variable = environment
            .get_ignoring_case("npm_config_registry")
            .and_then(|url| url.to_str())
            .filter(|url| !url.is_empty());
        let effective = by_variable.map(str::to_owned).or_else(|| in_file(&self.npmrc)).or_else(|| in_file(user_npmrc));
        effective.is_some_and(|url| darts.iter().any(|dart| is_at(&url, dart)))
    }
}

/// Whether a URL is a dart's, with or without the slash at its end.
pub(super) fn is_at(url: &str, dart: &str) -> bool {
    let Some((_, rest)) = url.split_once("//") else { return false };
    rest.trim_end_matches('/').eq_ignore_ascii_case(dart.trim_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn the_command_is_told_from_values_of_flags() {
        let line = read("--prefix app --silent install x --registry=https://r.test");
        let line = Arguments::read(&line);
        assert_eq!((line.command, line.prefix, line.names_registry), (Some("install"), Some("app"), true));
        assert!(!line.writes_elsewhere());
        assert!(Arguments::read(&read("publish --tag next")).writes_elsewhere());
        assert_eq!(Arguments::read(&read("exec -- publish")).command, Some("exec"));
    }

    #[test]
    fn a_registry_is_ours_by_its_whole_path() {
        let dart = "//libraries.cgr.dev/javascript/";
        assert!(
            is_at("https://libraries.cgr.dev/javascript", dart) && is_at("https://Libraries.cgr.dev/javascript/", dart)
        );
        for other in [
            "https://libraries.cgr.dev/",
            "https://libraries.cgr.dev/javascript/x",
            "https://libraries.cgr.dev.evil.test/javascript/",
        ] {
            assert!(!is_at(other, dart), "{other}");
        }
    }

    #[test]
    fn the_nearest_setting_decides() {
        let darts = ["//r.test/javascript/".to_owned()];
        let project = Project { folder: PathBuf::new(), npmrc: "registry=https://r.test/javascript/\n".into() };
        let plain = Environment::of(&[]);
        assert!(project.uses(&plain, "registry=https://other.test/\n", &darts));
        assert!(!project.uses(&Environment::of(&[("NPM_CONFIG_REGISTRY", "https://other.test/")]), "", &darts));
        let silent = Project { folder: PathBuf::new(), npmrc: String::new() };
        assert!(silent.uses(&plain, "registry=https://r.test/javascript\n", &darts));
        assert!(!silent.uses(&plain, "", &darts));
    }
}
