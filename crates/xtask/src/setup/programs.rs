//! The programs that the tests of the formats give their files to. Debian's go where Debian puts
//! them; those of npm, PyPI and Maven Central, in the versions that `tests/e2e/formats/programs`
//! names, go below `target/tools`, each kind into a folder that is made anew when its list changes.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::debian;
use crate::progress;
use crate::workspace::{Workspace, program};

/// What has to be on PATH, and the package that brings it.
const DEBIAN: &[(&str, &str)] = &[
    ("bash", "bash"),
    ("curl", "curl"),
    ("dash", "dash"),
    ("fish", "fish"),
    ("git", "git"),
    ("gradle", "gradle"),
    ("groovy", "groovy"),
    ("javac", "default-jdk-headless"),
    ("mvn", "maven"),
    ("python3", "python3"),
    ("rsync", "rsync"),
    ("zsh", "zsh"),
];

/// The npm packages whose install scripts are run: they put the program of this platform into its place.
const WITH_SCRIPTS: [&str; 4] = ["bun", "bun12", "nushell", "pnpm12"];

const COPY: &str = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy";

const NETWORK: &str = "check the network and the package registries, then run this again";

/// Left in a folder: the list that it was installed from.
const INSTALLED_FROM: &str = ".installed-from";

/// The folder of the tools.
///
/// # Errors
/// A program is missing and could not be installed; the message says what to do.
pub(crate) fn ensure(workspace: &Workspace) -> Result<PathBuf> {
    let tools = Tools {
        workspace,
        lists: workspace.root.join("tests/e2e/formats/programs"),
        folder: workspace.target.join("tools"),
    };
    debian_packages(workspace)?;
    tools.kind("npm", "npm/package-lock.json", Tools::npm)?;
    tools.kind("python", "python/requirements.txt", Tools::python)?;
    tools.kind("java", "sbt/project/build.properties", Tools::sbt)?;
    Ok(tools.folder)
}

fn debian_packages(workspace: &Workspace) -> Result<()> {
    let folders: Vec<PathBuf> = env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default();
    let is_there = |name: &str| folders.iter().any(|folder| folder.join(name).is_file());
    let mut missing: Vec<&str> =
        DEBIAN.iter().filter(|(name, _)| !is_there(name)).map(|(_, package)| *package).collect();
    // Debian keeps this part of Python in a package of its own.
    let venv = program("python3").args(["-c", "import ensurepip, venv"]).output();
    if !venv.is_ok_and(|output| output.status.success()) {
        missing.push("python3-venv");
    }
    if missing.is_empty() {
        return Ok(());
    }
    let advice = format!("install what Debian calls {}", missing.join(", "));
    if !debian::can_install() {
        bail!("programs for the tests of the formats are missing; {advice}");
    }
    debian::install(workspace, "Debian packages", &missing, &advice)
}

struct Tools<'a> {
    workspace: &'a Workspace,
    lists: PathBuf,
    folder: PathBuf,
}

impl Tools<'_> {
    /// Makes a folder anew unless it was made from this very list.
    fn kind(&self, name: &str, list: &str, install: fn(&Self, &Path) -> Result<()>) -> Result<()> {
        let list = self.lists.join(list);
        let wanted = fs::read(&list).with_context(|| format!("cannot read {}", list.display()))?;
        let folder = self.folder.join(name);
        let marker = folder.join(INSTALLED_FROM);
        if fs::read(&marker).is_ok_and(|installed| installed == wanted) {
            return Ok(());
        }
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("cannot clear {}", folder.display()))?;
        }
        fs::create_dir_all(&folder)?;
        install(self, &folder)?;
        fs::write(&marker, wanted).with_context(|| format!("cannot write {}", marker.display()))
    }

    fn npm(&self, folder: &Path) -> Result<()> {
        for name in ["package.json", "package-lock.json"] {
            fs::copy(self.lists.join("npm").join(name), folder.join(name))?;
        }
        let mut install = self.workspace.npm();
        // Not `ci`: the lock file may lack optional packages of other platforms than its writer's. And some
        // programs ask for a newer Node than the oldest supported one, which is among the packages.
        install.current_dir(folder);
        install.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
        progress::step(self.workspace, "npm programs", &mut install)?.require(NETWORK)?;
        let mut scripts = self.workspace.npm();
        scripts.current_dir(folder).arg("rebuild").args(WITH_SCRIPTS);
        progress::step(self.workspace, "npm programs: scripts", &mut scripts)?.require(NETWORK)?;
        Ok(())
    }

    fn python(&self, folder: &Path) -> Result<()> {
        let mut venv = program("python3");
        venv.args(["-m", "venv"]).arg(folder);
        progress::step(self.workspace, "Python environment", &mut venv)?.require("see its log")?;
        let mut install = program(folder.join("bin/python"));
        install.args(["-m", "pip", "install", "--disable-pip-version-check", "--requirement"]);
        install.arg(self.lists.join("python/requirements.txt"));
        progress::step(self.workspace, "Python programs", &mut install)?.require(NETWORK)?;
        Ok(())
    }

    /// The launcher, and with it sbt itself: the first start fetches it and what it compiles builds with.
    fn sbt(&self, folder: &Path) -> Result<()> {
        let properties = fs::read_to_string(self.lists.join("sbt/project/build.properties"))?;
        let version = properties.trim().strip_prefix("sbt.version=").context("build.properties names no version")?;
        let mut launcher = program("mvn");
        launcher.current_dir(folder).args(["--batch-mode", COPY]);
        launcher.arg(format!("-Dartifact=org.scala-sbt:sbt-launch:{version}"));
        launcher.arg(format!("-DoutputDirectory={}", folder.display())).arg("-Dmdep.stripVersion=true");
        launcher.arg(format!("-Dmaven.repo.local={}", folder.join("maven").display()));
        progress::step(self.workspace, "sbt's launcher", &mut launcher)?.require(NETWORK)?;

        let project = folder.join("first-start");
        fs::create_dir_all(project.join("project"))?;
        for name in ["build.sbt", "project/build.properties"] {
            fs::copy(self.lists.join("sbt").join(name), project.join(name))?;
        }
        let mut start = program("java");
        start.current_dir(&project).env("COURSIER_CACHE", folder.join("coursier-cache")).arg("-Xmx768m");
        for (setting, name) in [("global.base", "sbt-global"), ("boot.directory", "sbt-boot"), ("ivy.home", "ivy")] {
            start.arg(format!("-Dsbt.{setting}={}", folder.join(name).display()));
        }
        start.args(["-Dsbt.color=false", "-Dsbt.supershell=false", "-jar"]);
        start.arg(folder.join("sbt-launch.jar")).arg("update");
        progress::step(self.workspace, "sbt", &mut start)?.require(NETWORK)?;
        Ok(())
    }
}
