//! The module that Node loads: a dynamic library of cargo's under the name that the npm package looks for.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;

use anyhow::{Context, Result, ensure};

use super::Profile;
use crate::workspace::{Workspace, program};

/// The crate.
pub(super) const PACKAGE: &str = "pulltoken-node";

/// Node's own words for where it runs, with `-musl` where the C library is that one.
const PLATFORM: &str = "const { glibcVersionRuntime } = process.report.getReport().header;
const musl = process.platform === 'linux' && !glibcVersionRuntime ? '-musl' : '';
process.stdout.write(`${process.platform}-${process.arch}${musl}`)";

/// Copies it to `npm/pulltoken/native/pulltoken.PLATFORM.node`.
pub(super) fn install(workspace: &Workspace, profile: Profile) -> Result<()> {
    let library = format!("{DLL_PREFIX}{}{DLL_SUFFIX}", PACKAGE.replace('-', "_"));
    let library = workspace.target.join(profile.folder()).join(library);
    let folder = workspace.root.join("npm/pulltoken/native");
    fs::create_dir_all(&folder)?;
    let module = folder.join(format!("pulltoken.{}.node", platform()?));
    // Beside it first, then moved: a Node that has the old one loaded keeps it.
    let fresh = module.with_extension("node.new");
    fs::copy(&library, &fresh).with_context(|| format!("cannot copy {}", library.display()))?;
    fs::rename(&fresh, &module).with_context(|| format!("cannot write {}", module.display()))
}

fn platform() -> Result<String> {
    let output = program("node").args(["--eval", PLATFORM]).output().context("node did not start")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr).trim_end());
    Ok(String::from_utf8(output.stdout)?)
}
