//! `pulltoken check`: an offline verdict on credentials, wherever they lie.

mod gather;
mod print;

use std::process::ExitCode;

use pulltoken_client::access;
use pulltoken_core::api::registry::AccessReport;
use pulltoken_core::report::{self, CredentialReport, InspectOptions};
use pulltoken_core::{Credentials, Ecosystem, Error, ErrorCode, Result, Timestamp, Uidp};
use serde::Serialize;

use crate::common::Common;
use crate::connection;
use crate::output::{self, Output};

/// Say whether credentials are good, and if not, why and what to do
///
/// Reads files (.netrc, .npmrc, variable files; the kind is found from the content), a pair given
/// by flags, or the environment. Nothing is sent anywhere without --online. Ends with 0 if all are usable, 10 if one
/// is not, 3 if there are none.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Files to look at; - is standard input
    #[arg(value_name = "FILE")]
    files: Vec<String>,

    /// Look for this ecosystem's alone
    #[arg(long, visible_aliases = ["library-ecosystem", "ecosystem"], value_name = "ECOSYSTEM", value_parser = Ecosystem::parse)]
    repository: Option<Ecosystem>,

    /// The organisation that the tokens should belong to, by identifier
    #[arg(long, value_name = "UIDP", value_parser = Uidp::parse)]
    parent: Option<Uidp>,

    /// Judge for another moment than now
    #[arg(long, value_name = "RFC3339", value_parser = Timestamp::parse)]
    now: Option<Timestamp>,

    /// Ask the registry too, one request for each
    #[arg(long)]
    online: bool,

    /// The username of a pair whose password comes on standard input
    #[arg(long, value_name = "NAME", requires = "password_stdin", conflicts_with = "files")]
    username: Option<String>,

    /// Read the password from standard input
    #[arg(long, requires = "username")]
    password_stdin: bool,
}

/// A pair that was found, and what there is to say of it.
#[derive(Serialize)]
struct Checked {
    /// A file's name, `flags` or `environment`.
    source: String,
    /// The line in the file, from 1.
    line: Option<usize>,
    username: String,
    report: CredentialReport,
    /// What the registry said, if it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    access: Option<AccessReport>,
    #[serde(skip)]
    target: Option<String>,
}

/// Gathers, judges and prints.
pub(super) fn run(common: &Common, args: Args) -> Result<ExitCode> {
    let now = args.now.unwrap_or_else(pulltoken_native::now);
    let found = gather::gather(common, &args)?;
    if found.is_empty() {
        let place = if args.files.is_empty() { "the environment".to_owned() } else { args.files.join(", ") };
        return Err(Error::new(
            ErrorCode::NoCredentials,
            format!("no credentials for Chainguard Libraries in {place}"),
        ));
    }
    let checked: Vec<Checked> = found.into_iter().map(|pair| judge(common, &args, pair, now)).collect::<Result<_>>()?;
    match common.output {
        Output::Json => output::print_json(&checked)?,
        Output::None => {}
        _ => output::print(&print::text(&checked))?,
    }
    let all_usable = checked.iter().all(|one| one.report.state.is_usable());
    let all_allowed = checked.iter().all(|one| one.access.as_ref().is_none_or(|access| access.allowed));
    Ok(match (all_usable, all_allowed) {
        (false, _) => ExitCode::from(ErrorCode::CredentialsUnusable.exit_code()),
        (true, false) => ExitCode::from(ErrorCode::PermissionDenied.exit_code()),
        (true, true) => ExitCode::SUCCESS,
    })
}

fn judge(common: &Common, args: &Args, pair: gather::Pair, now: Timestamp) -> Result<Checked> {
    let options = InspectOptions {
        ecosystem: args.repository.or(pair.ecosystem),
        parent: args.parent.clone(),
        issuer: common.configured_issuer(),
        ..InspectOptions::default()
    };
    let report = report::inspect(&pair.credentials, now, &options);
    let access = if args.online { Some(ask(common, options.ecosystem, &pair.credentials)?) } else { None };
    let (source, line, target) = (pair.source, pair.line, pair.target);
    Ok(Checked { source, line, username: pair.credentials.username, report, access, target })
}

fn ask(common: &Common, ecosystem: Option<Ecosystem>, credentials: &Credentials) -> Result<AccessReport> {
    let ecosystem = super::ecosystem(ecosystem)?;
    let host = connection::host(common);
    connection::block_on(access::verify(&host, &common.registry, ecosystem, credentials))
}
