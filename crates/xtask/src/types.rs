//! `cargo xtask types`: writes what is generated from the lists in pulltoken-core, or says what is out of date.

use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::process;
use crate::workspace::Workspace;

/// Writes the files, or with `check` only compares them.
///
/// # Errors
/// pulltoken-core does not compile, or the generator did not start.
pub(crate) fn run(workspace: &Workspace, check: bool) -> Result<ExitCode> {
    let status = process::run(&mut command(workspace, check), |line| {
        println!("{line}");
        Ok(())
    })?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The generator.
pub(crate) fn command(workspace: &Workspace, check: bool) -> Command {
    let mut command = workspace.cargo();
    command.args(["run", "--quiet", "--package", "codegen", "--"]);
    if check {
        command.arg("--check");
    }
    command.arg(&workspace.root);
    command
}
