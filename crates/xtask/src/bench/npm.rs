//! `npm ci` with a credential lent for the time of the command, and with one that lies in `.npmrc`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Bench;
use super::measure::Contender;

/// What it costs to install a tree of the simulator's.
const PACKAGE: &str = "whole-crew";

/// Two copies of a project with a lock file, the credential in the environment or in the second one's `.npmrc`.
pub(super) fn contenders(bench: &Bench) -> Result<Vec<Contender<'_>>> {
    let (lent, literal) = (bench.scratch.project(), bench.scratch.root().join("literal"));
    let mut install = lend(bench, &["install", "--package-lock-only", PACKAGE]);
    ensure!(install.output()?.status.success(), "`npm install` could not write a lock file");

    fs::create_dir(&literal)?;
    for name in ["package.json", "package-lock.json"] {
        fs::copy(lent.join(name), literal.join(name))?;
    }
    fs::write(literal.join(".npmrc"), npmrc(bench)?)?;

    Ok(vec![
        Contender::new("pulltoken exec -- npm ci", move || {
            forget(bench, &lent)?;
            Ok(lend(bench, &["ci"]))
        }),
        Contender::new("npm ci, the secret in .npmrc", move || {
            forget(bench, &literal)?;
            let mut command = bench.scratch.command(Path::new("npm"));
            command.arg("ci").current_dir(&literal);
            Ok(command)
        }),
    ])
}

fn lend(bench: &Bench, npm: &[&str]) -> Command {
    let mut command = bench.lent(&["exec", "--repository", "javascript", "--", "npm"]);
    command.args(npm);
    command
}

fn npmrc(bench: &Bench) -> Result<String> {
    let registry = &bench.simulator.line.registry;
    let (_, host) = registry.split_once("://").context("the simulator's registry has no scheme")?;
    let auth = STANDARD.encode(format!("{}:{}", bench.pair.username, bench.pair.password));
    Ok(format!(
        "registry={registry}/javascript/\n//{host}/javascript/:_auth={auth}\n//{host}/javascript-upstream/:_auth={auth}\n"
    ))
}

/// Removes what an earlier round left: what was installed, and npm's cache, so that everything is fetched.
fn forget(bench: &Bench, project: &Path) -> Result<()> {
    let cache: PathBuf = bench.scratch.root().join("npm-cache");
    for folder in [project.join("node_modules"), cache] {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
    }
    Ok(())
}
