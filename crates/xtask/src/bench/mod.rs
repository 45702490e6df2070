//! `cargo xtask bench`: each thing beside its nearest relatives, in one run on one machine.
//!
//! The ratios are what matters; the times are the machine's. It fails where
//! two that are compared do not agree, or where memory runs away.

mod browser;
mod far;
mod helper;
mod install;
mod library;
mod measure;
mod memory;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use self::measure::{Contender, compare};
use crate::build::{self, Profile};
use crate::demo::scratch::Scratch;
use crate::demo::simulator::Simulator;
use crate::progress;
use crate::setup;
use crate::workspace::Workspace;

pub(crate) use self::memory::{PEAK, report_peak};

/// Measures and prints.
///
/// # Errors
/// A program is missing or failed, or the user interrupted.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    setup::toolchains(workspace)?;
    // All of it: what is measured has to be what the checkout says.
    build::all(workspace, Profile::Release)?;
    let built = |name: &str| workspace.built(Profile::Release.folder(), name);
    let simulator = Simulator::start(&built("pulltoken-sim"))?;
    let bench = Bench::new(simulator, built("pulltoken"))?;

    let mut cargo = workspace.cargo();
    cargo.args(["build", "--release", "--package", "pulltoken-native", "--example", KEY]);
    progress::step(workspace, "a program that makes one key", &mut cargo)?.require("mend what the compiler names")?;

    println!();
    library::run(workspace)?;
    compare("credentials from the environment", 41, &mut bench.get())?;
    compare("a helper with its credential at hand", 41, &mut helper::contenders(workspace, &bench)?)?;
    compare("one RSA-4096 key", 20, &mut bench.key(&built(&format!("examples/{KEY}"))))?;
    compare("a new pull token", 9, &mut bench.create()?)?;
    println!("{:44} {:>7.1} MB\n", "pulltoken create, peak memory", memory::peak_megabytes(&bench.create_command()?)?);
    far::run(workspace, &built("pulltoken"))?;
    install::run(workspace, &built("pulltoken"))?;
    // Last: it fails where a page is too slow, and nothing else is to be lost by that.
    browser::run(workspace)?;
    Ok(ExitCode::SUCCESS)
}

/// The example that makes one key.
const KEY: &str = "key";

struct Bench {
    scratch: Scratch,
    simulator: Simulator,
    pulltoken: PathBuf,
    pair: Pair,
}

/// A pull token that the simulator's registry accepts.
#[derive(Deserialize)]
struct Pair {
    username: String,
    password: String,
}

impl Bench {
    fn new(simulator: Simulator, pulltoken: PathBuf) -> Result<Self> {
        let scratch = Scratch::new(&simulator)?;
        let pair = create_pair(&scratch, &simulator, &pulltoken)?;
        Ok(Self { scratch, simulator, pulltoken, pair })
    }

    fn get(&self) -> Vec<Contender<'_>> {
        vec![
            Contender::new("pulltoken get --output env", || Ok(self.lent(&["get", "--output", "env"]))),
            Contender::new("true", || Ok(self.scratch.command(Path::new("true")))),
            Contender::new("node -e 0", || {
                let mut command = self.scratch.command(Path::new("node"));
                command.args(["-e", "0"]);
                Ok(command)
            }),
        ]
    }

    fn key(&self, program: &Path) -> Vec<Contender<'_>> {
        let program = program.to_owned();
        vec![
            Contender::new("as pulltoken makes it", move || Ok(self.scratch.command(&program))),
            Contender::new("openssl genrsa 4096", || Ok(self.openssl())),
        ]
    }

    fn create(&self) -> Result<Vec<Contender<'_>>> {
        Ok(vec![
            Contender::new("pulltoken create", || self.create_command()),
            Contender::new("openssl genrsa 4096", || Ok(self.openssl())),
        ])
    }

    fn openssl(&self) -> Command {
        let mut command = self.scratch.command(Path::new("openssl"));
        command.args(["genrsa", "4096"]);
        command
    }

    fn create_command(&self) -> Result<Command> {
        create_command(&self.scratch, &self.simulator, &self.pulltoken)
    }

    /// `pulltoken` with the pair in its environment.
    fn lent(&self, arguments: &[&str]) -> Command {
        let mut command = self.scratch.command(&self.pulltoken);
        command.args(arguments);
        command.env("CHAINGUARD_JAVASCRIPT_IDENTITY_ID", &self.pair.username);
        command.env("CHAINGUARD_JAVASCRIPT_TOKEN", &self.pair.password);
        command
    }
}

fn create_pair(scratch: &Scratch, simulator: &Simulator, pulltoken: &Path) -> Result<Pair> {
    let mut create = create_command(scratch, simulator, pulltoken)?;
    let output = create.args(["--output", "json"]).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr).trim_end());
    serde_json::from_slice(&output.stdout).context("`pulltoken create` printed no pair")
}

fn create_command(scratch: &Scratch, simulator: &Simulator, pulltoken: &Path) -> Result<Command> {
    let mut command = scratch.command(pulltoken);
    command.args(["create", "--quiet", "--parent", "example", "--repository", "javascript"]);
    command.env("PULLTOKEN_SESSION_TOKEN", simulator.token("owner")?);
    Ok(command)
}
