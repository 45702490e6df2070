//! `pulltoken get`: credentials from wherever they are.

use std::process::ExitCode;

use pulltoken_client::chain::Source;
use pulltoken_core::{Ecosystem, Result, Timestamp};
use serde::Serialize;

use crate::ci::Ci;
use crate::common::Common;
use crate::input;
use crate::output::{self, Output};
use crate::reveal;

/// Print credentials from the first place that has good ones
///
/// Looks at --username with --password-stdin, then CHAINGUARD_<ECOSYSTEM>_IDENTITY_ID and _TOKEN,
/// then PULLTOKEN_SESSION_TOKEN if it is for the registry.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The ecosystem; the project's unless given
    #[arg(long, visible_aliases = ["library-ecosystem", "ecosystem"], value_name = "ECOSYSTEM", value_parser = Ecosystem::parse)]
    repository: Option<Ecosystem>,

    /// The username of a pair whose password comes on standard input
    #[arg(long, value_name = "NAME", requires = "password_stdin")]
    username: Option<String>,

    /// Read the password from standard input
    #[arg(long, requires = "username")]
    password_stdin: bool,
}

/// Finds and prints.
pub(super) fn run(common: &Common, args: Args) -> Result<ExitCode> {
    let ci = Ci::detect(&input::variable);
    reveal::ensure_maskable(common, ci)?;
    let ecosystem = super::ecosystem(args.repository.or(common.output.ecosystem()))?;
    reveal::ensure_fits(common, &[ecosystem])?;
    let explicit = input::explicit(args.username, args.password_stdin)?;
    let found = super::find_credentials(common, ecosystem, explicit)?;
    if common.output == Output::Json {
        reveal::mask(&found.credentials, ci);
        output::print_json(&Printed {
            username: &found.credentials.username,
            // The purpose of the command: the user asked to see it.
            password: found.credentials.password.expose(),
            ecosystem,
            source: found.source,
            expires_at: found.expires_at,
        })?;
    } else {
        reveal::print_credentials(common, &found.credentials, &[ecosystem], ci)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The pair as `-o json` prints it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Printed<'a> {
    username: &'a str,
    password: &'a str,
    ecosystem: Ecosystem,
    source: Source,
    expires_at: Option<Timestamp>,
}
