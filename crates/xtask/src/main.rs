//! The commands of the checkout, as `cargo xtask COMMAND`. One file a command.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

mod build;
mod interrupt;
mod process;
mod progress;
mod setup;
mod test;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use lexopt::prelude::*;

use crate::test::Extent;
use crate::workspace::Workspace;

const HELP: &str = "\
cargo xtask COMMAND

  test            set up, build and run every test and check; ends with `N passed, M failed, K skipped`
  ci              the same, and what only a fresh checkout can show
  build           release builds: target/release/pulltoken, pulltoken-sim, npm/pulltoken and the extension

What is missing (npm packages, the wasm target, Chromium for the tests) is installed first.
The whole output of every step is kept in target/xtask-logs.";

enum Command {
    Test(Extent),
    Build,
    Help,
}

fn main() -> ExitCode {
    let command = match parse() {
        Ok(command) => command,
        Err(error) => {
            eprintln!("{error}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    interrupt::listen();
    match run(command) {
        Ok(code) => code,
        Err(_) if interrupt::requested() => {
            eprintln!("interrupted");
            ExitCode::from(130)
        }
        Err(error) => {
            eprintln!("failed: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn parse() -> Result<Command, lexopt::Error> {
    let mut parser = lexopt::Parser::from_env();
    let command = match parser.next()? {
        None | Some(Short('h') | Long("help")) => Command::Help,
        Some(Value(name)) => match name.string()?.as_str() {
            "help" => Command::Help,
            "test" => Command::Test(Extent::Everywhere),
            "ci" => Command::Test(Extent::FreshCheckout),
            "build" => Command::Build,
            other => return Err(format!("there is no command `{other}`").into()),
        },
        Some(argument) => return Err(argument.unexpected()),
    };
    match parser.next()? {
        None => Ok(command),
        Some(Short('h') | Long("help")) => Ok(Command::Help),
        Some(argument) => Err(argument.unexpected()),
    }
}

fn run(command: Command) -> Result<ExitCode> {
    if matches!(command, Command::Help) {
        println!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    }
    let workspace = Workspace::locate()?;
    match command {
        Command::Help => Ok(ExitCode::SUCCESS),
        Command::Test(extent) => test::run(&workspace, extent),
        Command::Build => build::run(&workspace),
    }
}
