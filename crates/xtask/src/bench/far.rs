//! The platform at a distance: its answers come 50 ms late, so that the number of round trips one
//! after another is what the times tell. The nearest relative is one such round trip.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Result, ensure};

use super::measure::{Contender, compare};
use super::memory;
use crate::demo::scratch::Scratch;
use crate::demo::simulator::Simulator;
use crate::progress;
use crate::workspace::Workspace;

/// The simulator with a crowd of tokens and late answers.
const EXAMPLE: &str = "far_simulator";
const LATE: &str = "50";
/// What a listing of 100,000 tokens may hold in memory at once.
const LIMIT_MEGABYTES: f64 = 300.0;

/// Measures and prints.
///
/// # Errors
/// A program is missing or failed, or the user interrupted.
pub(super) fn run(workspace: &Workspace, pulltoken: &Path) -> Result<()> {
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--release", "--package", "pulltoken-cli", "--example", EXAMPLE]);
    progress::step(workspace, "a simulator at a distance", &mut cargo)?.require("mend what the compiler names")?;
    let simulator = workspace.built("release/examples", EXAMPLE);

    let far = Far::start(&simulator, "1000", LATE, pulltoken)?;
    compare(
        "1,000 pull tokens listed, 50 ms away",
        9,
        &mut [
            Contender::new("pulltoken list", || far.pulltoken(&["list", "--output", "id", "--parent", &far.id])),
            Contender::new("pulltoken list, by name", || {
                far.pulltoken(&["list", "--output", "id", "--parent", "example"])
            }),
            Contender::new("curl, one round trip", || far.round_trip()),
        ],
    )?;
    let create = ["create", "--quiet", "--repository", "javascript", "--name", "new", "--parent"];
    compare(
        "a new pull token, 50 ms away",
        9,
        &mut [
            Contender::new("pulltoken create", || far.pulltoken(&[&create[..], &[&far.id]].concat())),
            Contender::new("pulltoken create, by name", || far.pulltoken(&[&create[..], &["example"]].concat())),
            Contender::new("curl, one round trip", || far.round_trip()),
        ],
    )?;
    drop(far);

    let crowded = Far::start(&simulator, "100000", "0", pulltoken)?;
    let list = crowded.pulltoken(&["list", "--output", "json", "--parent", "example"])?;
    let started = Instant::now();
    let peak = memory::peak_megabytes(&list)?;
    let seconds = started.elapsed().as_secs_f64();
    println!("{:44} {peak:>7.1} MB of {LIMIT_MEGABYTES:.0} MB, in {seconds:.1} s\n", "100,000 pull tokens listed");
    ensure!(peak < LIMIT_MEGABYTES, "a listing of 100,000 tokens took {peak:.0} MB");
    Ok(())
}

struct Far<'a> {
    scratch: Scratch,
    simulator: Simulator,
    pulltoken: &'a Path,
    /// Of organisation `example`.
    id: String,
}

impl<'a> Far<'a> {
    fn start(simulator: &Path, tokens: &str, late: &str, pulltoken: &'a Path) -> Result<Self> {
        let simulator = Simulator::start_with(simulator, &[tokens, late])?;
        let id = simulator.line.organization.id.clone();
        Ok(Self { scratch: Scratch::new(&simulator)?, simulator, pulltoken, id })
    }

    fn pulltoken(&self, arguments: &[&str]) -> Result<Command> {
        let mut command = self.scratch.command(self.pulltoken);
        command.args(arguments).env("PULLTOKEN_SESSION_TOKEN", self.simulator.token("owner")?);
        Ok(command)
    }

    fn round_trip(&self) -> Result<Command> {
        let mut command = self.scratch.command(Path::new("curl"));
        // A throw-away session of the simulator's; arguments are public.
        let session = format!("Authorization: Bearer {}", self.simulator.token("owner")?);
        command.args(["--silent", "--fail", "--noproxy", "*", "--header", &session]);
        command.arg(format!("{}/auth/v1/ok", self.simulator.line.api));
        Ok(command)
    }
}
