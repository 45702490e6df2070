//! `cargo xtask build`: the programs, the native module, the wasm module, the npm package and the extension.

mod native;
mod wasm;

use std::process::ExitCode;

use anyhow::Result;

use crate::workspace::Workspace;
use crate::{progress, setup};

/// Optimised for use, or shared with what `cargo test` builds. The wasm module is always the one that is shipped.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    Dev,
    Release,
}

impl Profile {
    /// The folder below cargo's target folder.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Self::Dev => "debug",
            Self::Release => "release",
        }
    }
}

/// The whole command.
///
/// # Errors
/// A step failed; the message says what to do.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    setup::toolchains(workspace)?;
    all(workspace, Profile::Release)?;
    println!("{}", workspace.built(Profile::Release.folder(), "pulltoken").display());
    println!("{}", workspace.built(Profile::Release.folder(), "pulltoken-sim").display());
    println!("{}", workspace.root.join("npm/pulltoken").display());
    println!("{}", workspace.root.join("web-demo/dist").display());
    Ok(ExitCode::SUCCESS)
}

/// Everything, in the order in which one thing needs the other.
///
/// # Errors
/// A step failed.
pub(crate) fn all(workspace: &Workspace, profile: Profile) -> Result<()> {
    programs(workspace, profile)?;
    native::install(workspace, profile)?;
    wasm::install(workspace)?;
    npm(workspace, "npm package", "pulltoken")?;
    npm(workspace, "extension", "pulltoken-web-demo")
}

/// The two programs and the native module.
///
/// # Errors
/// It does not compile.
pub(crate) fn programs(workspace: &Workspace, profile: Profile) -> Result<()> {
    let mut command = workspace.cargo();
    let title = match profile {
        // The very set of packages and features that the tests use, so that nothing is compiled twice.
        Profile::Dev => {
            command.args(["build", "--workspace", "--all-targets"]);
            "Rust: build"
        }
        // One call for all three: cargo then compiles what they share once.
        Profile::Release => {
            command.args(["build", "--release", "--package", "pulltoken-cli", "--package", "pulltoken-sim"]);
            command.args(["--package", native::PACKAGE]);
            "Rust: release build"
        }
    };
    progress::step(workspace, title, &mut command)?.require("mend what the compiler names")?;
    Ok(())
}

/// `npm run build` of one package of the workspace.
fn npm(workspace: &Workspace, title: &str, package: &str) -> Result<()> {
    let mut command = workspace.npm();
    command.args(["run", "build", "--workspace", package]);
    progress::step(workspace, title, &mut command)?.require("mend what the build names")?;
    Ok(())
}
