//! `cargo xtask demo`: the main job from beginning to end, on one screen, with nothing left behind.

mod requests;
pub(crate) mod scratch;
pub(crate) mod simulator;
mod traces;
pub(crate) mod web;

use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};

use self::scratch::Scratch;
use self::simulator::Simulator;
use crate::build::{self, Profile};
use crate::workspace::Workspace;
use crate::{process, setup};

/// A package of the simulator's: it needs others, one of them scoped, one served by the upstream
/// fallback only, one downloaded from the object store.
const PACKAGE: &str = "whole-crew";

/// Runs it.
///
/// # Errors
/// A step failed, a request went out without the credential or to the object store with it, a file
/// holds the secret, or the user interrupted. The simulator and every file are gone by then.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    // Node for npm itself; the rest so that `cargo xtask build` and `test` start at once afterwards.
    setup::toolchains(workspace)?;
    build::release(workspace, &[build::PROGRAM, build::SIMULATOR])?;
    let simulator = Simulator::start(&workspace.built(Profile::Release.folder(), "pulltoken-sim"))?;
    println!("ok   simulator: platform {}, registry {}\n", simulator.line.api, simulator.line.registry);
    let demo = Demo { workspace, scratch: Scratch::new(&simulator)?, simulator };

    let token = demo.create()?;
    demo.install(&token)?;
    demo.check(&token)?;
    requests::show(&demo.simulator)?;
    traces::show(&token, &[demo.scratch.root(), &workspace.logs()])?;
    Ok(ExitCode::SUCCESS)
}

struct Demo<'a> {
    workspace: &'a Workspace,
    scratch: Scratch,
    simulator: Simulator,
}

/// What `create` printed.
pub(crate) struct Token {
    pub(crate) username: String,
    pub(crate) password: String,
}

impl Demo<'_> {
    fn create(&self) -> Result<Token> {
        let arguments = "create --parent example --repository javascript --name demo";
        let mut command = self.pulltoken(arguments);
        command.env("PULLTOKEN_SESSION_TOKEN", self.simulator.token("owner")?);
        let output = self.show(&mut command, arguments, |line| match line.split_once("Password: ") {
            Some((before, password)) => {
                format!("{before}Password: {}… ({} characters)", &password[..12.min(password.len())], password.len())
            }
            None => line.to_owned(),
        })?;
        let value = |name: &str| {
            let line = output.iter().find_map(|line| line.trim_start().strip_prefix(name));
            line.map(str::to_owned).with_context(|| format!("`pulltoken create` printed no `{name}`"))
        };
        Ok(Token { username: value("Username: ")?, password: value("Password: ")? })
    }

    fn install(&self, token: &Token) -> Result<()> {
        let arguments = format!("exec --repository javascript -- npm install {PACKAGE}");
        let output = self.show(with(&mut self.pulltoken(&arguments), token), &arguments, str::to_owned)?;
        ensure!(output.iter().any(|line| line.starts_with("added ")), "npm did not say that it added anything");
        Ok(())
    }

    fn check(&self, token: &Token) -> Result<()> {
        let arguments = "check --repository javascript";
        self.show(with(&mut self.pulltoken(arguments), token), arguments, str::to_owned)?;
        Ok(())
    }

    /// `pulltoken` in the scratch project, with the scratch folder's environment and nothing else.
    fn pulltoken(&self, arguments: &str) -> Command {
        let mut command = self.scratch.command(&self.workspace.built(Profile::Release.folder(), "pulltoken"));
        command.args(arguments.split(' '));
        command
    }

    /// Runs a command of the story: what is typed, then what it says, each line as `display` makes it.
    fn show(&self, command: &mut Command, arguments: &str, display: impl Fn(&str) -> String) -> Result<Vec<String>> {
        println!("$ pulltoken {arguments}");
        let mut output = Vec::new();
        let status = process::run(command, |line| {
            if !line.is_empty() {
                println!("  {}", display(line));
            }
            output.push(line.to_owned());
            Ok(())
        })?;
        ensure!(status.success(), "that command ended with {status}");
        println!();
        Ok(output)
    }
}

fn with<'c>(command: &'c mut Command, token: &Token) -> &'c mut Command {
    command
        .env("CHAINGUARD_JAVASCRIPT_IDENTITY_ID", &token.username)
        .env("CHAINGUARD_JAVASCRIPT_TOKEN", &token.password)
}
