//! The module that browsers, edge runtimes and a Node without the native one load.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::progress;
use crate::workspace::Workspace;

const PACKAGE: &str = "pulltoken-wasm";
const TARGET: &str = "wasm32-unknown-unknown";
/// The profile of the root Cargo.toml that makes it small.
const PROFILE: &str = "wasm";
/// What the files are called.
const NAME: &str = "pulltoken";

/// Leaves the module and its glue in `npm/pulltoken/wasm`.
pub(super) fn install(workspace: &Workspace) -> Result<()> {
    let mut compile = workspace.cargo();
    compile.args(["build", "--package", PACKAGE, "--target", TARGET, "--profile", PROFILE]);
    progress::step(workspace, "wasm: build", &mut compile)?.require("mend what the compiler names")?;

    let module = workspace.target.join(TARGET).join(PROFILE).join(format!("{}.wasm", PACKAGE.replace('-', "_")));
    let out = workspace.root.join("npm/pulltoken/wasm");
    if out.exists() {
        fs::remove_dir_all(&out).with_context(|| format!("cannot clear {}", out.display()))?;
    }
    let mut glue = workspace.cargo();
    glue.args(["run", "--quiet", "--package", "wasm-glue", "--"]).arg(&module).arg(&out).arg(NAME);
    progress::step(workspace, "wasm: JavaScript glue", &mut glue)?.require("see its log")?;
    shrink(workspace, &out.join("web").join(format!("{NAME}_bg.wasm")))
}

/// binaryen's own pass after LLVM's: about a seventh less to download. It reads from the module which
/// features it may use; allowing it all of them makes modules that Node 20 does not load.
fn shrink(workspace: &Workspace, module: &Path) -> Result<()> {
    let mut command = workspace.npm_program("binaryen/bin/wasm-opt");
    command.arg("-Oz").arg(module).arg("--output").arg(module);
    progress::step(workspace, "wasm: size", &mut command)?.require("see its log")?;
    Ok(())
}
