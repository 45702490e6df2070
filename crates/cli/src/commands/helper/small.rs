//! `pulltoken-helper-pnpm`, a program of its own: it answers where the credential is at hand, and leaves
//! all else to `pulltoken`, which lies beside it. What is used here is all that it is made of.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitCode};

use pulltoken_core::text::printable_prefix;
use pulltoken_core::{Error, ErrorCode, Result, Secret};

use super::pnpm;
use crate::common::Common;
use crate::{output, reveal};

/// The whole program's name.
const PULLTOKEN: &str = "pulltoken";

/// Answers, or becomes `pulltoken helper pnpm`.
pub(crate) fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let answer = if arguments.is_empty() { at_hand() } else { None };
    let done = match answer {
        Some(answer) => reveal::answer(&answer).map(|()| ExitCode::SUCCESS),
        None => ask_pulltoken(&arguments),
    };
    done.unwrap_or_else(|error| {
        output::report_in_one_line(&error, false);
        ExitCode::from(error.code().exit_code())
    })
}

/// `None` where there is anything to say, or to ask anybody: that is for the whole program.
fn at_hand() -> Option<Secret> {
    let common = Common::of_environment()?;
    pnpm::Args::of_environment()?;
    pnpm::at_hand(&common).ok().flatten()
}

fn ask_pulltoken(arguments: &[OsString]) -> Result<ExitCode> {
    let program = pnpm::beside(&crate::shims::folder::program()?, PULLTOKEN);
    let mut command = Command::new(&program);
    command.args(["helper", "pnpm"]).args(arguments);
    become_it(command).map_err(|error| missing(&program, &error))
}

#[cfg(unix)]
fn become_it(mut command: Command) -> std::io::Result<ExitCode> {
    use std::os::unix::process::CommandExt as _;
    // Returns where it fails alone.
    Err(crate::process::with_the_users_limits(|| command.exec()))
}

#[cfg(not(unix))]
fn become_it(mut command: Command) -> std::io::Result<ExitCode> {
    let code = command.status()?.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

fn missing(program: &Path, error: &std::io::Error) -> Error {
    let shown = printable_prefix(&program.to_string_lossy(), 200);
    Error::new(ErrorCode::CommandNotFound, format!("{shown} could not be started: {error}"))
        .with_hint("install both programs into the same folder")
}
