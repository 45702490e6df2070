//! `pulltoken env`: what to `eval` in a shell.

use std::process::ExitCode;

use pulltoken_core::{Ecosystem, Result};

use super::credentials::{self, Chain, Purpose};
use crate::ci::Ci;
use crate::common::Common;
use crate::input;
use crate::output::Output;
use crate::reveal;
use crate::shell::Shell;

/// Print credentials as a shell's variables, to eval
///
/// With --mint a token is made once and used again until it is about to expire.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The ecosystem; the project's unless given
    #[arg(long, visible_aliases = ["library-ecosystem", "ecosystem"], value_name = "ECOSYSTEM", value_parser = Ecosystem::parse)]
    repository: Option<Ecosystem>,

    /// The shell that reads it
    #[arg(long, value_enum, default_value_t = Shell::Sh)]
    shell: Shell,

    #[command(flatten)]
    chain: Chain,
}

/// Finds and prints.
pub(super) fn run(common: &Common, args: Args) -> Result<ExitCode> {
    let ci = Ci::detect(&input::variable);
    let ecosystem = super::ecosystem(args.repository)?;
    let lent = credentials::find(common, ecosystem, &args.chain, Purpose::Print)?;
    credentials::keep(common, ecosystem, &lent)?;
    reveal::print_credentials_as(
        common,
        Output::Format(args.shell.format()),
        &lent.found.credentials,
        &[ecosystem],
        ci,
    )?;
    Ok(ExitCode::SUCCESS)
}
