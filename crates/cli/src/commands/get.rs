//! `pulltoken get`: credentials from wherever they are.

use std::process::ExitCode;

use pulltoken_client::chain::Source;
use pulltoken_core::{Ecosystem, Result, Timestamp};
use serde::Serialize;

use super::credentials::{self, Chain, Purpose};
use crate::ci::Ci;
use crate::common::Common;
use crate::input;
use crate::output::{self, Output};
use crate::reveal;

/// Print credentials from the first place that has good ones
///
/// Looks at --username with --password-stdin, then CHAINGUARD_…_IDENTITY_ID and _TOKEN,
/// then what an earlier run kept, the session, the CI job's own identity with --identity, and with
/// --mint makes a token. --verbose says what came of each.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The ecosystem; the project's unless given
    #[arg(long, visible_aliases = ["library-ecosystem", "ecosystem"], value_name = "ECOSYSTEM", value_parser = Ecosystem::parse)]
    repository: Option<Ecosystem>,

    #[command(flatten)]
    chain: Chain,
}

/// Finds and prints.
pub(super) fn run(common: &Common, args: Args) -> Result<ExitCode> {
    let ci = Ci::detect(&input::variable);
    reveal::ensure_maskable(common, ci)?;
    let ecosystem = super::ecosystem(args.repository.or(common.output.ecosystem()))?;
    reveal::ensure_fits(common, &[ecosystem])?;
    let lent = credentials::find(common, ecosystem, &args.chain, Purpose::Print)?;
    credentials::keep(common, ecosystem, &lent)?;
    let found = lent.found;
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
