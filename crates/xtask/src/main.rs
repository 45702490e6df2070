//! The commands of the checkout, as `cargo xtask COMMAND`. One file a command.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

mod bench;
mod build;
mod demo;
mod http;
mod interrupt;
mod process;
mod progress;
mod setup;
mod test;
mod types;
mod workspace;

use std::env;
use std::process::ExitCode;

use anyhow::Result;
use lexopt::prelude::*;

use crate::test::Extent;
use crate::workspace::Workspace;

const HELP: &str = "\
cargo xtask COMMAND

  demo [--web]    the main job against a simulator: create a token, install with it, look for traces of it;
                  with --web a page in your browser on which to do it by hand
  test            set up, build and run every test and check; ends with `N passed, M failed, K skipped`
  ci              the same, and what only a fresh checkout can show
  build           release builds: target/release/pulltoken, pulltoken-sim, npm/pulltoken and the extension
  bench           times beside those of the nearest relatives, as ratios
  types [--check] write the files that are generated from lists in pulltoken-core, or compare them

What is missing (npm packages, the wasm target, browsers for the tests) is installed first.
The whole output of every step is kept in target/xtask-logs.";

enum Command {
    Bench,
    Demo,
    DemoInBrowser,
    Test(Extent),
    Build,
    Types { check: bool },
    Help,
}

fn main() -> ExitCode {
    // The process that bench puts between itself and what it measures: as little of this one as can be.
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    if let Some(program) = arguments.first().filter(|it| *it == bench::PEAK).and(arguments.get(1..)) {
        return bench::report_peak(program).unwrap_or(ExitCode::FAILURE);
    }
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
            "bench" => Command::Bench,
            "demo" => Command::Demo,
            "test" => Command::Test(Extent::Everywhere),
            "ci" => Command::Test(Extent::FreshCheckout),
            "build" => Command::Build,
            "types" => Command::Types { check: false },
            other => return Err(format!("there is no command `{other}`").into()),
        },
        Some(argument) => return Err(argument.unexpected()),
    };
    match parser.next()? {
        None => Ok(command),
        Some(Long("web")) if matches!(command, Command::Demo) => Ok(Command::DemoInBrowser),
        Some(Long("check")) if matches!(command, Command::Types { .. }) => Ok(Command::Types { check: true }),
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
        Command::Bench => bench::run(&workspace),
        Command::Demo => demo::run(&workspace),
        Command::DemoInBrowser => demo::web::run(&workspace),
        Command::Test(extent) => test::run(&workspace, extent),
        Command::Build => build::run(&workspace),
        Command::Types { check } => types::run(&workspace, check),
    }
}
