//! `cargo xtask bench`: each thing beside its nearest relatives, in one run on one machine.
//!
//! The ratios are what matters; the times are the machine's. Nothing here passes or fails.

mod measure;
mod memory;
mod npm;

use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::Result;

use self::measure::{Contender, compare};
use crate::build::{self, Profile};
use crate::demo::scratch::Scratch;
use crate::demo::simulator::Simulator;
use crate::setup;
use crate::workspace::Workspace;

pub(crate) use self::memory::{PEAK, report_peak};

/// Measures and prints.
///
/// # Errors
/// A program is missing or failed, or the user interrupted.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    setup::toolchains(workspace)?;
    build::release(workspace, &[build::PROGRAM, build::SIMULATOR])?;
    let built = |name: &str| workspace.built(Profile::Release.folder(), name);
    let simulator = Simulator::start(&built("pulltoken-sim"))?;
    let bench = Bench { scratch: Scratch::new(&simulator)?, pulltoken: built("pulltoken"), simulator };

    println!();
    compare("credentials from the environment", 41, &mut bench.get())?;
    compare("a new pull token", 9, &mut bench.create()?)?;
    println!("{:44} {:>7.1} MB\n", "pulltoken create, peak memory", memory::peak_megabytes(&bench.create_command()?)?);
    compare("npm ci of 8 packages, nothing cached", 7, &mut npm::contenders(&bench)?)?;
    Ok(ExitCode::SUCCESS)
}

struct Bench {
    scratch: Scratch,
    simulator: Simulator,
    pulltoken: std::path::PathBuf,
}

impl Bench {
    fn get(&self) -> Vec<Contender<'_>> {
        let pair = [
            ("CHAINGUARD_JAVASCRIPT_IDENTITY_ID", "0123456789abcdef0123456789abcdef01234567/0123456789abcdef"),
            ("CHAINGUARD_JAVASCRIPT_TOKEN", "a.b.c"),
        ];
        vec![
            Contender::new("pulltoken get --output env", move || {
                let mut command = self.command(&["get", "--output", "env"]);
                command.envs(pair);
                Ok(command)
            }),
            Contender::new("true", || Ok(self.scratch.command(Path::new("true")))),
            Contender::new("node -e 0", || {
                let mut command = self.scratch.command(Path::new("node"));
                command.args(["-e", "0"]);
                Ok(command)
            }),
        ]
    }

    fn create(&self) -> Result<Vec<Contender<'_>>> {
        Ok(vec![
            Contender::new("pulltoken create", || self.create_command()),
            Contender::new("openssl genrsa 4096", || {
                let mut command = self.scratch.command(Path::new("openssl"));
                command.args(["genrsa", "4096"]);
                Ok(command)
            }),
        ])
    }

    fn create_command(&self) -> Result<Command> {
        let mut command = self.command(&["create", "--parent", "example", "--repository", "javascript"]);
        command.env("PULLTOKEN_SESSION_TOKEN", self.simulator.token("owner")?);
        Ok(command)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.scratch.command(&self.pulltoken);
        command.args(arguments);
        command
    }
}
