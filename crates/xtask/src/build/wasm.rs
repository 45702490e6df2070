//! The module that browsers, edge runtimes and a Node without the native one load.

use std::fs;

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
    // No wasm-opt after it: on this module it saves 1 % of the download, for 100 MB of npm package.
    progress::step(workspace, "wasm: JavaScript glue", &mut glue)?.require("see its log")?;
    Ok(())
}
