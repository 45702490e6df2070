//! Which package manager a program is, and in which version: read from files, since asking would run
//! the project's own code.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use pulltoken_core::package_managers::{PackageManager, Version};
use serde_json::Value;

use super::yaml;

/// What a program turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A package manager; `None` where its version is not known.
    Manager(PackageManager, Option<Version>),
    /// Corepack at work on itself: it installs nothing for the project.
    Corepack,
    /// Something else, which may start one.
    Other,
}

/// What `program` is, run with these arguments in this folder.
pub(crate) fn kind(program: &Path, arguments: &[OsString], folder: &Path) -> Kind {
    let name = program.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
    if name == "corepack" {
        let word = arguments.first().and_then(|word| word.to_str()).unwrap_or_default();
        let (name, wanted) = word.split_once('@').map_or((word, None), |(name, wanted)| (name, Some(wanted)));
        return match PackageManager::of_program(name) {
            Some(manager) => {
                let version = wanted.map_or_else(|| by_corepack(manager, folder), Version::parse);
                Kind::Manager(manager, by_yarn_path(manager, folder).unwrap_or(version))
            }
            None => Kind::Corepack,
        };
    }
    match PackageManager::of_program(name) {
        Some(manager) => Kind::Manager(manager, version(manager, program, folder)),
        None => Kind::Other,
    }
}

/// Whether a program runs packages by their names: its first word is no command of its own.
pub(crate) fn is_runner(program: &Path) -> bool {
    program.file_stem().is_some_and(|name| name == "npx" || name == "pnpx" || name == "bunx")
}

fn version(manager: PackageManager, program: &Path, folder: &Path) -> Option<Version> {
    if let Some(version) = by_yarn_path(manager, folder) {
        return version;
    }
    let package = package_of(program);
    if package.as_ref().is_some_and(|package| package["name"] == "corepack") {
        return by_corepack(manager, folder);
    }
    let own = package.as_ref().and_then(|package| Version::parse(package["version"].as_str()?));
    // pnpm runs the version that a project names, from 10 on.
    match named_by_project(manager, folder) {
        Some(named) if manager == PackageManager::Pnpm && Some(named) != own => None,
        _ => own,
    }
}

/// The version of the file that a project has put in Yarn's place; the inner `None` where its name
/// does not tell.
fn by_yarn_path(manager: PackageManager, folder: &Path) -> Option<Option<Version>> {
    if manager != PackageManager::Yarn {
        return None;
    }
    let path = folder.ancestors().find_map(|folder| {
        let berry = fs::read_to_string(folder.join(".yarnrc.yml")).ok();
        let classic = || fs::read_to_string(folder.join(".yarnrc")).ok().and_then(|text| classic_path(&text));
        berry.and_then(|text| yaml::top_level(&text, "yarnPath")).or_else(classic)
    })?;
    let name = Path::new(&path).file_stem()?.to_str()?.to_owned();
    Some(name.strip_prefix("yarn-").and_then(Version::parse))
}

/// `yarn-path "./.yarn/releases/yarn-1.22.22.js"`
fn classic_path(text: &str) -> Option<String> {
    let line = text.lines().rev().find_map(|line| line.trim().strip_prefix("yarn-path"))?;
    Some(line.trim_matches(|c: char| c.is_whitespace() || c == '"').to_owned()).filter(|path| !path.is_empty())
}

/// What Corepack would run: what the project names, else what it ran last where that was made the
/// default.
fn by_corepack(manager: PackageManager, folder: &Path) -> Option<Version> {
    named_by_project(manager, folder).or_else(|| {
        let text = fs::read_to_string(corepack_home()?.join("lastKnownGood.json")).ok()?;
        let known: Value = serde_json::from_str(&text).ok()?;
        Version::parse(known.get(manager.name())?.as_str()?)
    })
}

fn corepack_home() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("COREPACK_HOME").or_else(|| {
        let cache = set("XDG_CACHE_HOME").or_else(|| Some(std::env::home_dir()?.join(".cache")))?;
        Some(cache.join("node/corepack"))
    })
}

/// `packageManager` of the nearest `package.json` that has one, if it is this one.
fn named_by_project(manager: PackageManager, folder: &Path) -> Option<Version> {
    let named = folder.ancestors().find_map(|folder| {
        let text = fs::read_to_string(folder.join("package.json")).ok()?;
        let package: Value = serde_json::from_str(&text).ok()?;
        package.get("packageManager")?.as_str().map(str::to_owned)
    })?;
    let (name, version) = named.split_once('@')?;
    (name == manager.name()).then(|| Version::parse(version))?
}

/// The package that a program's file belongs to.
fn package_of(program: &Path) -> Option<Value> {
    const KNOWN: [&str; 7] = ["npm", "pnpm", "yarn", "@yarnpkg/cli-dist", "@yarnpkg/cli", "bun", "corepack"];
    let real = program.canonicalize().ok()?;
    real.ancestors().skip(1).take(5).find_map(|folder| {
        let package: Value = serde_json::from_str(&fs::read_to_string(folder.join("package.json")).ok()?).ok()?;
        let name = package["name"].as_str()?;
        (KNOWN.contains(&name) || name.starts_with("@pnpm/")).then_some(package)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A program that belongs to a package, and a project beside it.
    fn world(package: &str, files: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let (bin, project) = (folder.path().join("package/bin"), folder.path().join("project/inner"));
        fs::create_dir_all(&bin).unwrap();
        fs::create_dir_all(&project).unwrap();
        fs::write(folder.path().join("package/package.json"), package).unwrap();
        for (name, text) in files {
            fs::write(folder.path().join("project").join(name), text).unwrap();
        }
        (folder, bin, project)
    }

    fn read(program: &str, arguments: &str, package: &str, files: &[(&str, &str)]) -> String {
        let (_folder, bin, project) = world(package, files);
        let program = bin.join(program);
        fs::write(&program, "").unwrap();
        let arguments: Vec<OsString> = arguments.split(' ').map(OsString::from).collect();
        match kind(&program, &arguments, &project) {
            Kind::Manager(manager, version) => {
                format!("{manager} {}", version.map(|version| version.to_string()).unwrap_or_default())
            }
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn a_version_is_that_of_the_package_or_of_what_the_project_names() {
        let npm = r#"{"name":"npm","version":"12.2.0"}"#;
        assert_eq!(read("npx", "x", npm, &[]), "npm 12.2");
        assert_eq!(read("npx", "x", r#"{"name":"other","version":"12.2.0"}"#, &[]), "npm ");
        let pnpm = r#"{"name":"pnpm","version":"10.1.0"}"#;
        assert_eq!(read("pnpm", "i", pnpm, &[]), "pnpm 10.1");
        assert_eq!(read("pnpm", "i", pnpm, &[("package.json", r#"{"packageManager":"pnpm@12.0.0"}"#)]), "pnpm ");
        let yarn = r#"{"name":"yarn","version":"1.22.22"}"#;
        let path = [(".yarnrc.yml", "yarnPath: .yarn/releases/yarn-4.1.0.cjs\n")];
        assert_eq!(read("yarn", "", yarn, &path), "yarn 4.1");
        assert_eq!(read("yarn", "", yarn, &[(".yarnrc.yml", "yarnPath: ./y.cjs\n")]), "yarn ");
        let classic = [(".yarnrc", "yarn-path \".yarn/releases/yarn-1.19.0.cjs\"\n")];
        assert_eq!(read("yarn", "", yarn, &classic), "yarn 1.19");
    }

    #[test]
    fn corepack_runs_what_the_project_names() {
        let corepack = r#"{"name":"corepack","version":"0.34.0"}"#;
        let project = [("package.json", r#"{"packageManager":"yarn@4.2.1+sha224.ab"}"#)];
        assert_eq!(read("yarn", "install", corepack, &project), "yarn 4.2");
        assert_eq!(read("corepack", "yarn install", corepack, &project), "yarn 4.2");
        assert_eq!(read("corepack", "pnpm@11.0.0 install", corepack, &project), "pnpm 11.0");
        assert_eq!(read("corepack", "enable", corepack, &project), "Corepack");
        assert_eq!(read("make", "", corepack, &project), "Other");
    }
}
