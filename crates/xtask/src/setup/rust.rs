//! rustup's part: the wasm target and the components that rust-toolchain.toml names.
//!
//! rustup installs them by itself only where automatic installation is on, so they are asked for by name.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

use crate::progress;
use crate::workspace::{Workspace, program};

const WASM: &str = "wasm32-unknown-unknown";

pub(crate) fn ensure_components(workspace: &Workspace) -> Result<()> {
    if !has_wasm_target(workspace)? {
        let mut command = program("rustup");
        command.args(["target", "add", WASM]).current_dir(&workspace.root);
        progress::step(workspace, "wasm target", &mut command)
            .context("rustup is missing; install Rust from https://rustup.rs")?
            .require("run `rustup target add wasm32-unknown-unknown` by hand to see why")?;
    }
    for (component, subcommand) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        let present = workspace.cargo().args([subcommand, "--version"]).output().is_ok_and(|it| it.status.success());
        if !present {
            let mut command = program("rustup");
            command.args(["component", "add", component]).current_dir(&workspace.root);
            progress::step(workspace, component, &mut command)
                .context("rustup is missing; install Rust from https://rustup.rs")?
                .require("run `rustup component add` by hand to see why")?;
        }
    }
    Ok(())
}

/// Looks for the target's standard library, which answers without rustup and without the network.
fn has_wasm_target(workspace: &Workspace) -> Result<bool> {
    let output = program("rustc")
        .args(["--print", "target-libdir", "--target", WASM])
        .current_dir(&workspace.root)
        .output()
        .context("rustc did not start; install Rust from https://rustup.rs")?;
    ensure!(output.status.success(), "rustc does not know {WASM}; update Rust");
    let folder = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    Ok(folder.read_dir().is_ok_and(|mut entries| entries.next().is_some()))
}
