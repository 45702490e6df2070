//! A folder with a project, a home, a cache and a temporary folder of its own, gone when dropped:
//! whatever is written during the demonstration lies below it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use tempfile::TempDir;

use super::simulator::Simulator;
use crate::workspace::program;

/// What a program needs of the machine; everything else would be the user's own settings.
const KEPT: &[&str] = &["LANG", "SYSTEMROOT", "COMSPEC", "PATHEXT", "SYSTEMDRIVE"];

pub(crate) struct Scratch {
    folder: TempDir,
    variables: Vec<(String, String)>,
    path: std::ffi::OsString,
}

impl Scratch {
    /// An empty project, and an environment that leads to the simulator.
    ///
    /// # Errors
    /// The folder cannot be made, or Node does not start.
    pub(crate) fn new(simulator: &Simulator) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("pulltoken-demo-").tempdir().context("no temporary folder")?;
        let mut variables: Vec<(String, String)> = simulator.line.env.clone().into_iter().collect();
        for (name, below) in [
            ("HOME", "home"),
            ("USERPROFILE", "home"),
            ("APPDATA", "home/appdata"),
            ("LOCALAPPDATA", "home/local"),
            ("XDG_RUNTIME_DIR", "run"),
            ("TMPDIR", "tmp"),
            ("TMP", "tmp"),
            ("TEMP", "tmp"),
            ("npm_config_cache", "npm-cache"),
        ] {
            let path = folder.path().join(below);
            fs::create_dir_all(&path)?;
            variables.push((name.to_owned(), path.to_string_lossy().into_owned()));
        }
        // npm would look for a newer npm on the public registry.
        variables.push(("npm_config_update_notifier".to_owned(), "false".to_owned()));
        private(&folder.path().join("run"))?;
        let scratch = Self { folder, variables, path: path_with_node()? };
        fs::create_dir(scratch.project())?;
        fs::write(
            scratch.project().join("package.json"),
            "{\n  \"name\": \"demo\",\n  \"version\": \"1.0.0\",\n  \"private\": true\n}\n",
        )?;
        Ok(scratch)
    }

    /// Everything lies below it.
    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    /// The project.
    pub(crate) fn project(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    /// A program in the project, with this folder's environment alone.
    pub(crate) fn command(&self, path: &Path) -> Command {
        let mut command = Command::new(path);
        command.current_dir(self.project()).env_clear();
        command.envs(KEPT.iter().filter_map(|name| env::var_os(name).map(|value| (name, value))));
        command.envs(self.variables.iter().map(|(name, value)| (name, value))).env("PATH", &self.path);
        command
    }
}

/// The PATH with the folder of the real Node in front: a version manager's stand-in for it would look
/// for its settings in the home that is not there.
fn path_with_node() -> Result<std::ffi::OsString> {
    let output = program("node").args(["--print", "process.execPath"]).output().context("node did not start")?;
    let node = PathBuf::from(String::from_utf8(output.stdout)?.trim());
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = node.parent().map(Path::to_path_buf).into_iter().chain(env::split_paths(&path));
    Ok(env::join_paths(folders)?)
}

#[cfg(unix)]
fn private(folder: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?)
}

#[cfg(not(unix))]
fn private(_folder: &Path) -> Result<()> {
    Ok(())
}
