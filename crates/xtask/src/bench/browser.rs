//! What people wait for in a browser: the files of `tests/e2e/bench` measure it in a headless Chromium.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::measure;
use crate::build::Profile;
use crate::progress;
use crate::setup;
use crate::workspace::Workspace;

/// What one of the files leaves behind.
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

/// Measures and prints.
///
/// # Errors
/// There is no Chromium, a page did not work, or it kept somebody waiting for longer than it may.
pub(super) fn run(workspace: &Workspace) -> Result<()> {
    let chromium = setup::browsers::CHROMIUM.ensure(workspace)?;
    let folder = workspace.target.join("bench-browser");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot clear {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let mut vitest = workspace.npm_program("vitest/vitest.mjs");
    vitest
        .args(["run", "--config", "vitest.bench.config.ts"])
        .current_dir(workspace.root.join("tests/e2e"))
        .env("CHROME_PATH", chromium)
        .env("PULLTOKEN_TEST_BINARIES", workspace.target.join(Profile::Release.folder()))
        .env("PULLTOKEN_BENCH_OUT", &folder);
    progress::step(workspace, "in a browser", &mut vitest)?
        .require("see what the page was too slow for, or run it again where the machine has nothing else to do")?;

    let mut files: Vec<_> =
        fs::read_dir(&folder)?.collect::<Result<Vec<_>, _>>()?.iter().map(fs::DirEntry::path).collect();
    files.sort();
    for file in files {
        let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let Comparison { title, rows } = serde_json::from_str(&text).context("the measurements cannot be read")?;
        let rows: Vec<_> = rows.into_iter().map(|row| (row.name, Duration::from_secs_f64(row.seconds))).collect();
        measure::print(&title, &rows);
    }
    Ok(())
}
