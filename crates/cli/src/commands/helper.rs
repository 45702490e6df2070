//! `pulltoken helper`: the words in which package managers ask another program for a credential.
//!
//! The answer is all that goes to standard output. What went wrong is one line, nobody is asked
//! anything, and with a credential at hand neither an authority is read nor a client built.

pub(crate) mod pnpm;
pub(crate) mod small;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;
use pulltoken_core::Result;

use super::Command;
use crate::cli::Cli;
use crate::common::Common;
use crate::output::{self, Output};
use crate::{ask, reveal};

/// Answer a package manager that asks for a credential
#[derive(clap::Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    protocol: Protocol,
}

#[derive(clap::Subcommand)]
enum Protocol {
    Pnpm(pnpm::Args),
}

/// `pulltoken helper pnpm` and its flags by themselves.
#[derive(clap::Parser)]
#[command(disable_version_flag = true)]
struct ShortLine {
    #[command(flatten)]
    common: Common,

    #[command(flatten)]
    pnpm: pnpm::Args,
}

/// Reads such a line without the parser of all the other commands: to build it takes longer than the
/// answer. Whatever is wrong with a line, or asks for help, is left to the other one.
pub(crate) fn short_line(args: &[OsString]) -> Option<Cli> {
    let (common, pnpm) = match args {
        [_, helper, pnpm, rest @ ..] if helper == "helper" && pnpm == "pnpm" => {
            let plain = if rest.is_empty() { Common::of_environment().zip(pnpm::Args::of_environment()) } else { None };
            plain.or_else(|| ShortLine::try_parse_from(args.get(2..)?).ok().map(|line| (line.common, line.pnpm)))?
        }
        _ => return None,
    };
    Some(Cli::new(common, Command::Helper(Args { protocol: Protocol::Pnpm(pnpm) })))
}

/// Answers, or fails in one line.
pub(super) fn run(common: &Common, args: Args) -> Result<ExitCode> {
    // Whoever sits at the terminal talks to the package manager, which may run without one.
    ask::nobody();
    let done = match args.protocol {
        Protocol::Pnpm(args) => pnpm::run(common, args),
    };
    let answer = match done {
        Ok(answer) => answer,
        Err(error) => {
            output::report_in_one_line(&error, common.output == Output::Json);
            return Ok(ExitCode::from(error.code().exit_code()));
        }
    };
    reveal::answer(&answer)?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_readers_of_a_plain_line_say_the_same() {
        let parsed = ShortLine::try_parse_from(["pnpm"]).ok().unwrap();
        let (common, pnpm) = (Common::of_environment().unwrap(), pnpm::Args::of_environment().unwrap());
        let told = |common: &Common| {
            let Common {
                output,
                quiet,
                verbose,
                verbosity,
                show,
                api,
                issuer,
                registry,
                shared_cache,
                network,
                vendor_create,
            } = common;
            let flags = [*quiet, *verbose, *show, *shared_cache, *vendor_create];
            format!("{output:?} {flags:?} {verbosity} {api} {issuer} {registry} {:?}", network.options())
        };
        assert_eq!(told(&common), told(&parsed.common));
        assert_eq!(pnpm.told(), parsed.pnpm.told());
    }
}
