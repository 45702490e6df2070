//! `cargo xtask build`: the programs, the native module, the wasm modules, the npm packages and the extension.

mod native;
pub(crate) mod wasm;

use std::process::ExitCode;

use anyhow::Result;

use crate::workspace::Workspace;
use crate::{progress, setup};

/// The package of the program `pulltoken`.
pub(crate) const PROGRAM: &str = "pulltoken-cli";
/// The package of the program `pulltoken-sim`.
pub(crate) const SIMULATOR: &str = "pulltoken-sim";

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
    for program in ["pulltoken", "pulltoken-helper-pnpm", "pulltoken-sim"] {
        println!("{}", workspace.built(Profile::Release.folder(), program).display());
    }
    println!("{}", workspace.root.join("npm/pulltoken").display());
    println!("{}", workspace.root.join("npm/yarn-plugin-pulltoken/dist/yarn-plugin-pulltoken.cjs").display());
    println!("{}", workspace.root.join("web-demo/dist").display());
    Ok(ExitCode::SUCCESS)
}

/// Everything, in the order in which one thing needs the other.
///
/// # Errors
/// A step failed.
pub(crate) fn all(workspace: &Workspace, profile: Profile) -> Result<()> {
    match profile {
        Profile::Dev => dev(workspace)?,
        Profile::Release => release(workspace, &[PROGRAM, SIMULATOR, native::PACKAGE])?,
    }
    native::install(workspace, profile)?;
    for_browsers(workspace)?;
    npm(workspace, "Yarn plugin", "yarn-plugin-pulltoken")
}

/// What browsers load: the WebAssembly modules, the npm package around them, the extension and its ordinary page.
///
/// # Errors
/// A step failed.
pub(crate) fn for_browsers(workspace: &Workspace) -> Result<()> {
    wasm::install(workspace)?;
    npm(workspace, "npm package", "pulltoken")?;
    npm(workspace, "extension", "pulltoken-web-demo")
}

/// The very set of packages and features that the tests use, so that nothing is compiled twice.
fn dev(workspace: &Workspace) -> Result<()> {
    let mut command = workspace.cargo();
    command.args(["build", "--workspace", "--all-targets"]);
    progress::step(workspace, "Rust: build", &mut command)?.require("mend what the compiler names")?;
    Ok(())
}

/// An optimised build of some packages, in one call: cargo then compiles what they share once.
///
/// # Errors
/// It does not compile.
pub(crate) fn release(workspace: &Workspace, packages: &[&str]) -> Result<()> {
    let mut command = workspace.cargo();
    command.args(["build", "--release"]);
    for package in packages {
        command.args(["--package", package]);
    }
    progress::step(workspace, "Rust: release build", &mut command)?.require("mend what the compiler names")?;
    Ok(())
}

/// `npm run build` of one package of the workspace.
fn npm(workspace: &Workspace, title: &str, package: &str) -> Result<()> {
    let mut command = workspace.npm();
    command.args(["run", "build", "--workspace", package]);
    progress::step(workspace, title, &mut command)?.require("mend what the build names")?;
    Ok(())
}
