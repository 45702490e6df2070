//! The project that a package manager is run in, and what its command line says.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use pulltoken_core::formats::npmrc::{self, Entry};
use pulltoken_core::package_managers::PackageManager;
use pulltoken_core::{Error, ErrorCode, Result};

use super::environment::Environment;
use super::user::User;
use super::yaml;

/// Flags whose value is an argument of its own, as far as they matter here.
const WITH_VALUE: [&str; 10] =
    ["--prefix", "-C", "--dir", "--cwd", "--registry", "--userconfig", "--workspace", "-w", "--loglevel", "--cache"];

/// What a package manager's command line says that matters here.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Arguments<'a> {
    /// The arguments that are no flags, in their order.
    pub(crate) words: Vec<&'a str>,
    folder: Option<&'a str>,
    /// The registry that it names.
    pub(crate) registry: Option<&'a str>,
    pub(crate) names_registry: bool,
    pub(crate) names_userconfig: bool,
}

impl<'a> Arguments<'a> {
    pub(crate) fn read(arguments: &'a [OsString]) -> Self {
        let mut line = Self::default();
        let mut rest = arguments.iter().map(|argument| argument.to_str().unwrap_or_default());
        while let Some(argument) = rest.next() {
            if argument == "--" {
                break;
            }
            if !argument.starts_with('-') {
                line.words.push(argument);
                continue;
            }
            let (flag, value) = match argument.split_once('=') {
                Some((flag, value)) => (flag, Some(value)),
                None if WITH_VALUE.contains(&argument) => (argument, rest.next()),
                None => (argument, None),
            };
            match flag {
                "--prefix" | "-C" | "--dir" | "--cwd" => line.folder = value,
                "--registry" => {
                    line.names_registry = true;
                    line.registry = value;
                }
                "--userconfig" => line.names_userconfig = true,
                _ => {}
            }
        }
        line
    }
}

/// The folder that a package manager works in, and what its files say about registries.
pub(crate) struct Project {
    folder: PathBuf,
    npmrc: String,
}

impl Project {
    /// The project as package managers find it: the folder named, else the nearest one upwards that
    /// holds a `package.json` or `node_modules`, else this one.
    pub(crate) fn find(line: &Arguments<'_>) -> Result<Self> {
        let here = std::env::current_dir().map_err(|error| {
            Error::new(ErrorCode::FileUnreadable, format!("the current folder cannot be read: {error}"))
        })?;
        let folder = match line.folder {
            Some(folder) => here.join(folder),
            None => {
                let is_project =
                    |folder: &&Path| folder.join("package.json").exists() || folder.join("node_modules").exists();
                here.ancestors().find(is_project).unwrap_or(&here).to_owned()
            }
        };
        // One that is missing or unreadable says nothing; the package manager itself reports the latter.
        let npmrc = std::fs::read_to_string(folder.join(".npmrc")).unwrap_or_default();
        Ok(Self { folder, npmrc })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The project's own settings for these darts.
    pub(crate) fn entries(&self, darts: &[String]) -> Vec<Entry> {
        npmrc::entries_for(&self.npmrc, darts)
    }

    /// The same where the command line may name a registry.
    pub(crate) fn uses_with(
        &self,
        line: &Arguments<'_>,
        manager: PackageManager,
        environment: &Environment,
        user: &User,
        darts: &[String],
    ) -> bool {
        match line.registry {
            Some(url) => darts.iter().any(|dart| is_at(url, dart)),
            None => self.uses(manager, environment, user, darts),
        }
    }

    /// Whether the package manager would use one of our repositories anyway: by variable, project or
    /// user, the first of them that names one.
    pub(crate) fn uses(
        &self,
        manager: PackageManager,
        environment: &Environment,
        user: &User,
        darts: &[String],
    ) -> bool {
        let by_variable = |names: &[&str]| {
            let value = names.iter().find_map(|name| environment.get_ignoring_case(name))?;
            value.to_str().filter(|url| !url.is_empty()).map(str::to_owned)
        };
        // A registry's address is no secret.
        let in_npmrc = |text: &str| npmrc::value(text, "registry").map(|url| url.expose().to_owned());
        let npm =
            |names: &[&str]| by_variable(names).or_else(|| in_npmrc(&self.npmrc)).or_else(|| in_npmrc(user.npmrc()));
        let effective = match manager {
            PackageManager::Npm => npm(&["npm_config_registry"]),
            PackageManager::Pnpm => npm(&["pnpm_config_registry", "npm_config_registry"]),
            PackageManager::Yarn => {
                by_variable(&["YARN_NPM_REGISTRY_SERVER"]).or_else(|| self.yarn_registry(user)).or_else(|| npm(&[]))
            }
            PackageManager::Bun => by_variable(&["BUN_CONFIG_REGISTRY", "npm_config_registry"])
                .or_else(|| self.bun_registry())
                .or_else(|| npm(&[])),
        };
        effective.is_some_and(|url| darts.iter().any(|dart| is_at(&url, dart)))
    }

    /// `npmRegistryServer` of the nearest `.yarnrc.yml` that has one.
    fn yarn_registry(&self, user: &User) -> Option<String> {
        let read = |folder: &Path| std::fs::read_to_string(folder.join(".yarnrc.yml")).ok();
        let in_text = |text: &str| yaml::top_level(text, "npmRegistryServer");
        let nearest = self.folder.ancestors().find_map(|folder| in_text(&read(folder)?));
        nearest.or_else(|| in_text(user.yarnrc()))
    }

    /// `install.registry` of `bunfig.toml`: a URL, or a table with one.
    fn bun_registry(&self) -> Option<String> {
        let text = std::fs::read_to_string(self.folder.join("bunfig.toml")).ok()?;
        let document: toml_edit::DocumentMut = text.parse().ok()?;
        let registry = document.get("install")?.get("registry")?;
        registry.as_str().or_else(|| registry.get("url")?.as_str()).map(str::to_owned)
    }
}

/// Whether a URL is a dart's, with or without the slash at its end.
fn is_at(url: &str, dart: &str) -> bool {
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
        assert_eq!((&line.words[..], line.folder, line.names_registry), (&["install", "x"][..], Some("app"), true));
        assert_eq!(Arguments::read(&read("exec -- publish")).words, ["exec"]);
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
        let folder = tempfile::tempdir().unwrap();
        let uses = |manager, npmrc: &str, variables: &[(&str, &str)]| {
            let project = Project { folder: folder.path().to_owned(), npmrc: npmrc.into() };
            project.uses(manager, &Environment::of(variables), &User::default(), &darts)
        };
        let ours = "registry=https://r.test/javascript/\n";
        assert!(uses(PackageManager::Npm, ours, &[]));
        assert!(!uses(PackageManager::Npm, ours, &[("NPM_CONFIG_REGISTRY", "https://other.test/")]));
        assert!(!uses(PackageManager::Npm, "", &[]));
        assert!(!uses(PackageManager::Yarn, "", &[]) && !uses(PackageManager::Bun, "", &[]));
        std::fs::write(folder.path().join(".yarnrc.yml"), "npmRegistryServer: https://r.test/javascript\n").unwrap();
        std::fs::write(
            folder.path().join("bunfig.toml"),
            "[install]\nregistry = { url = \"https://r.test/javascript/\" }\n",
        )
        .unwrap();
        assert!(uses(PackageManager::Yarn, "", &[]) && uses(PackageManager::Bun, "", &[]));
        assert!(!uses(PackageManager::Yarn, "", &[("YARN_NPM_REGISTRY_SERVER", "https://other.test")]));
    }
}
