//! `pulltoken list`: the pull tokens there are.

mod print;

use std::process::ExitCode;

use pulltoken_client::create::Parent;
use pulltoken_client::tokens::{ListFilter, Which};
use pulltoken_core::{Ecosystem, Result, ttl::GoDuration};

use crate::common::Common;
use crate::output::{self, Output};
use crate::sessions;
use crate::{config, connection, parent};

/// List the pull tokens that still work
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only those that open this ecosystem
    #[arg(long, visible_aliases = ["library-ecosystem", "ecosystem"], value_name = "ECOSYSTEM", value_parser = Ecosystem::parse)]
    repository: Option<Ecosystem>,

    /// The organisation, by name or identifier; every one that the session sees unless one is given,
    /// here, in pulltoken.toml or in the user's configuration
    #[arg(long, env = "PULLTOKEN_PARENT", value_name = "ORGANISATION")]
    parent: Option<String>,

    /// The expired ones instead
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false", hide_default_value = true, hide_possible_values = true)]
    expired: bool,

    /// The expired ones too
    #[arg(long, conflicts_with = "expired")]
    all: bool,

    /// Only those that expire within this time, such as 14d or 36h
    #[arg(long, value_name = "TIME", value_parser = super::parse_days, conflicts_with = "expired")]
    expiring: Option<GoDuration>,
}

/// Asks and prints.
pub(super) fn run(common: &Common, args: Args) -> Result<ExitCode> {
    let which = match (args.expired, args.all) {
        (true, _) => Which::Expired,
        (false, true) => Which::All,
        (false, false) => Which::Valid,
    };
    common.output.ensure_list()?;
    let parent = parent::named(args.parent)?;
    let filter = ListFilter {
        parent: parent.as_ref().map(|named| Parent::parse(&named.organization)),
        ecosystem: args.repository,
        which,
        expiring_within_seconds: args.expiring.map(|time| time.nanoseconds() / 1_000_000_000),
    };
    let client = sessions::client(common)?;
    let listing = connection::block_on(client.list_pull_tokens(&filter))?;
    for warning in &listing.warnings {
        common.say(&format!("warning: {}", warning.message));
    }
    let now = pulltoken_native::now();
    let text = match common.output {
        Output::Json => return output::print_json(&listing.tokens).map(|()| ExitCode::SUCCESS),
        Output::None => return Ok(ExitCode::SUCCESS),
        Output::Id => listing.tokens.iter().map(|token| format!("{}\n", token.id)).collect(),
        Output::Csv => print::rows(&listing.tokens, now, true).csv(),
        Output::Markdown => print::rows(&listing.tokens, now, false).markdown(),
        Output::Wide => print::rows(&listing.tokens, now, true).aligned(),
        Output::Table | Output::Format(_) => print::rows(&listing.tokens, now, false).aligned(),
    };
    output::print(&text)?;
    if !common.quiet && matches!(common.output, Output::Table | Output::Wide) {
        if let (Some(file), Some(organization)) = (parent.and_then(|named| named.file), &listing.organization) {
            let file = config::shown(&file);
            output::note(&format!("only of `{}`, as {file} says (--parent= lists all)", organization.shown()));
        }
        print::footer(listing.tokens.len(), listing.hidden, which).into_iter().for_each(|line| output::note(&line));
    }
    Ok(ExitCode::SUCCESS)
}
