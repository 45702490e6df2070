//! `helper pnpm` with a credential at hand, beside the least that starting a program takes and beside
//! helpers of others that have theirs at hand, too: git's own, in C, and Python's `keyring`, each with
//! its store in a file.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::Bench;
use super::measure::Contender;
use crate::build::Profile;
use crate::http;
use crate::progress;
use crate::workspace::{Workspace, program};

/// The small program, which pnpm asks.
const SMALL: &str = "pulltoken-helper-pnpm";
/// `keyring`, and its store in a file.
const KEYRING: [&str; 2] = ["keyring==25.6.0", "keyrings.alt==5.0.2"];
const BACKEND: &str = "keyrings.alt.file.PlaintextKeyring";

/// A token of a CI system's, by which the issuer knows the owner.
#[derive(Deserialize)]
struct Identity {
    token: String,
}

/// Signs in, has a token made and kept, and installs the peers.
///
/// # Errors
/// A program is missing or failed, or PyPI does not answer.
pub(super) fn contenders<'a>(workspace: &Workspace, bench: &'a Bench) -> Result<Vec<Contender<'a>>> {
    keep_credential(bench)?;
    let small = workspace.built(Profile::Release.folder(), SMALL);
    let store = bench.scratch.root().join("git-credentials");
    fs::write(&store, format!("https://someone:{}@git.example\n", "p".repeat(64)))?;
    let keyring = keyring(workspace, bench)?;
    Ok(vec![
        Contender::new("pulltoken helper pnpm", || Ok(ask(bench, &bench.pulltoken, &["helper", "pnpm"]))),
        Contender::new(SMALL, move || Ok(ask(bench, &small, &[]))),
        Contender::new("true", || Ok(bench.scratch.command(Path::new("true")))),
        Contender::new("git credential-store get", move || {
            let mut command = ask(bench, Path::new("git"), &["credential-store", "--file"]);
            command.arg(&store).arg("get");
            Ok(command)
        }),
        Contender::new("keyring get, a file", move || {
            let mut command = ask(bench, &keyring, &["get", "registry.example", "someone"]);
            command.env("PYTHON_KEYRING_BACKEND", BACKEND);
            Ok(command)
        }),
        Contender::new("node -e 0, the least of one in JavaScript", || Ok(ask(bench, Path::new("node"), &["-e", "0"]))),
    ])
}

fn ask(bench: &Bench, path: &Path, arguments: &[&str]) -> Command {
    let mut command = bench.scratch.command(path);
    command.args(arguments);
    command
}

/// A token made by the session that is stored, for the helper to find.
fn keep_credential(bench: &Bench) -> Result<()> {
    let api = &bench.simulator.line.api;
    let asked = serde_json::json!({ "issuer": "https://idp.example.com", "claims": { "sub": "owner" } });
    let identity: Identity = http::post_json(&format!("{api}/__sim/ci_token"), &asked)?;
    let file = bench.scratch.root().join("identity");
    fs::write(&file, identity.token)?;
    let mut login = ask(bench, &bench.pulltoken, &["login", "--quiet", "--output", "none", "--audience", api]);
    login.arg("--identity-token").arg(&file);
    succeed(&mut login)?;
    succeed(&mut ask(bench, &bench.pulltoken, &["helper", "pnpm", "--mint", "--parent", "example", "--ttl", "24h"]))
}

/// `keyring` with a password in its store.
fn keyring(workspace: &Workspace, bench: &Bench) -> Result<PathBuf> {
    let folder = workspace.target.join("bench/python");
    let mut venv = program("python3");
    venv.args(["-m", "venv"]).arg(&folder);
    progress::step(workspace, "Python environment", &mut venv)?.require("install Python 3 with its module venv")?;
    let mut install = program(folder.join("bin/python"));
    install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(KEYRING);
    progress::step(workspace, "keyring", &mut install)?.require("check the network and PyPI, then run this again")?;

    let keyring = folder.join("bin/keyring");
    let mut set = ask(bench, &keyring, &["set", "registry.example", "someone"]);
    set.env("PYTHON_KEYRING_BACKEND", BACKEND).stdin(Stdio::piped()).stdout(Stdio::null());
    let mut child = set.spawn().context("keyring did not start")?;
    child.stdin.take().context("keyring has no standard input")?.write_all(&[b'p'; 64])?;
    ensure!(child.wait()?.success(), "`keyring set` failed");
    Ok(keyring)
}

fn succeed(command: &mut Command) -> Result<()> {
    let output = command.output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr).trim_end());
    Ok(())
}
