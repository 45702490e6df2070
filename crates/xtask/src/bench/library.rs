//! The npm package beside what it stands in for: Python's and npm's readers of `.netrc`, jose, and the packages
//! that a browser would otherwise download. All in one process of Node, since a start would hide the rest.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::measure;
use crate::build::wasm;
use crate::progress;
use crate::workspace::{Workspace, program};

/// The core's example that times it from within.
const MEASURE: &str = "measure";

/// The files below `javascript`, which run where the peers are installed.
const FILES: [(&str, &str); 7] = [
    ("package.json", include_str!("javascript/package.json")),
    ("library.mjs", include_str!("javascript/library.mjs")),
    ("measure.mjs", include_str!("javascript/measure.mjs")),
    ("samples.mjs", include_str!("javascript/samples.mjs")),
    ("sizes.mjs", include_str!("javascript/sizes.mjs")),
    ("inspect-in-javascript.mjs", include_str!("javascript/inspect-in-javascript.mjs")),
    ("netrc_in_python.py", include_str!("javascript/netrc_in_python.py")),
];

/// What `library.mjs` prints.
#[derive(Deserialize)]
struct Measured {
    times: Vec<Comparison>,
    sizes: Vec<Size>,
}

#[derive(Deserialize)]
struct Comparison {
    title: String,
    rows: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    name: String,
    seconds: f64,
}

#[derive(Deserialize)]
struct Size {
    name: String,
    bytes: f64,
}

/// Installs the peers, measures and prints.
///
/// # Errors
/// npm's registry does not answer, a program is missing, or two that are compared do not agree.
pub(super) fn run(workspace: &Workspace) -> Result<()> {
    let folder = install(workspace)?;
    let mut core = workspace.cargo();
    core.args(["build", "--release", "--package", "pulltoken-core", "--example", MEASURE]);
    progress::step(workspace, "the core alone", &mut core)?.require("mend what the compiler names")?;

    let pure = wasm::pure(workspace)?;
    let bar = progress::spinner("the npm package");
    let mut node = program("node");
    node.arg("library.mjs").current_dir(&folder);
    node.arg(workspace.root.join("npm/pulltoken")).arg(workspace.root.join("node_modules/vite/package.json"));
    node.arg(workspace.built("release/examples", MEASURE)).args(pure);
    let output = node.output().context("node did not start")?;
    bar.finish_and_clear();
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr).trim_end());

    let measured: Measured = serde_json::from_slice(&output.stdout).context("the measurements cannot be read")?;
    for Comparison { title, rows } in measured.times {
        let rows: Vec<_> = rows.into_iter().map(|row| (row.name, Duration::from_secs_f64(row.seconds))).collect();
        measure::print(&title, &rows);
    }
    println!("bytes to download, after gzip");
    for Size { name, bytes } in measured.sizes {
        println!("  {name:42} {:>9.1} KB", bytes / 1000.0);
    }
    println!();
    Ok(())
}

fn install(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.target.join("bench");
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    for (name, text) in FILES {
        fs::write(folder.join(name), text).with_context(|| format!("cannot write {name} to {}", folder.display()))?;
    }
    let mut npm = workspace.npm();
    npm.args(["install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&folder);
    progress::step(workspace, "npm packages to compare with", &mut npm)?
        .require("check the network and npm's registry, then run this again")?;
    Ok(folder)
}
