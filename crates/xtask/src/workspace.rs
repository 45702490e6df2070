//! Where things are in the checkout, and how programs are called in it.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// The checkout.
pub(crate) struct Workspace {
    /// The folder of the root Cargo.toml.
    pub(crate) root: PathBuf,
    /// Cargo's target folder, wherever its configuration puts it.
    pub(crate) target: PathBuf,
}

#[derive(Deserialize)]
struct Metadata {
    workspace_root: PathBuf,
    target_directory: PathBuf,
}

impl Workspace {
    /// Asks cargo.
    pub(crate) fn locate() -> Result<Self> {
        let output = program(cargo_program())
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .context("cargo did not start; run this as `cargo xtask`")?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr).trim_end());
        let metadata: Metadata = serde_json::from_slice(&output.stdout)?;
        Ok(Self { root: metadata.workspace_root, target: metadata.target_directory })
    }

    /// `cargo`, in the root, without colours.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = program(cargo_program());
        command.current_dir(&self.root).env("CARGO_TERM_COLOR", "never");
        command
    }

    /// `npm`, in the root, without colours.
    pub(crate) fn npm(&self) -> Command {
        let mut command = program(if cfg!(windows) { "npm.cmd" } else { "npm" });
        command.current_dir(&self.root).env("NO_COLOR", "1");
        command
    }

    /// A program that an npm package of the checkout brought along, run by Node.
    pub(crate) fn npm_program(&self, script: &str) -> Command {
        let mut command = program("node");
        command.arg(self.root.join("node_modules").join(script)).current_dir(&self.root).env("NO_COLOR", "1");
        command
    }

    /// What cargo built, by its profile's folder (`debug`, `release`) and the program's name.
    pub(crate) fn built(&self, profile_folder: &str, name: &str) -> PathBuf {
        self.target.join(profile_folder).join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }

    /// Where the output of every step is kept.
    pub(crate) fn logs(&self) -> PathBuf {
        self.target.join("xtask-logs")
    }
}

/// A command without the variables that `cargo run` sets for xtask alone.
pub(crate) fn program(name: impl AsRef<Path>) -> Command {
    let mut command = Command::new(name.as_ref());
    for (variable, _) in env::vars_os() {
        let ours = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"];
        if variable.to_str().is_some_and(|name| ours.iter().any(|prefix| name.starts_with(prefix))) {
            command.env_remove(variable);
        }
    }
    command
}

fn cargo_program() -> String {
    env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}
