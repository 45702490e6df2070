//! `pulltoken delete`: one token, several, or every expired one.

use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};
use inquire::{Confirm, InquireError};
use pulltoken_client::Client;
use pulltoken_client::create::Parent;
use pulltoken_client::tokens::{Failed, Sweep, SweepFilter};
use pulltoken_core::text::printable_prefix;
use pulltoken_core::{Error, ErrorCode, Result, Uidp, ttl::GoDuration};
use pulltoken_native::NativeHost;
use serde_json::json;
use wildmatch::WildMatch;

use crate::common::Common;
use crate::output::{self, Output};
use crate::sessions;
use crate::{ask, connection, parent};

/// Delete pull tokens by their identifiers, or every expired one of an organisation
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The tokens' identifiers
    #[arg(value_name = "ID", value_parser = Uidp::parse, required_unless_present = "expired", conflicts_with = "expired")]
    ids: Vec<Uidp>,

    /// Every expired pull token of the organisation; asks first
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    expired: Option<bool>,

    /// The organisation, by name or identifier; the one of the user's configuration unless given
    #[arg(long, env = "PULLTOKEN_PARENT", value_name = "ORGANISATION")]
    parent: Option<String>,

    /// Of the expired ones, those whose name fits; * and ? stand for anything
    #[arg(long, value_name = "PATTERN", requires = "expired")]
    name: Option<String>,

    /// Of the expired ones, those that nobody has used for this time, such as 90d
    #[arg(long, value_name = "TIME", value_parser = super::parse_days, requires = "expired")]
    unused_since: Option<GoDuration>,

    /// Say what would be deleted
    #[arg(long)]
    dry_run: bool,

    /// Do not ask
    #[arg(long, short, requires = "expired")]
    yes: bool,

    /// Delete an identity that is no pull token, too
    #[arg(long)]
    any_identity: bool,
}

/// Deletes.
pub(super) fn run(common: &Common, args: Args) -> Result<ExitCode> {
    let client = sessions::client(common)?;
    if args.expired.unwrap_or(false) {
        return sweep(common, &client, &args);
    }
    if args.ids.is_empty() {
        return Err(
            Error::new(ErrorCode::Usage, "no identifier was given").with_hint("name the tokens, or say --expired")
        );
    }
    if args.dry_run {
        args.ids.iter().for_each(|id| output::note(&format!("would delete {id}")));
        return finished(common, &Sweep::default());
    }
    finished(common, &connection::block_on(one_by_one(common, &client, &args))?)
}

/// Deletes what was named. The failure of the only one is the command's; among several it is told,
/// and the others have their turn as long as there is a session.
async fn one_by_one(common: &Common, client: &Client<NativeHost>, args: &Args) -> Result<Sweep> {
    let mut sweep = Sweep::default();
    let bar = progress(common, args.ids.len());
    for (done, id) in args.ids.iter().enumerate() {
        match client.delete_pull_token(id, args.any_identity).await {
            Ok(()) => {
                bar.suspend(|| common.say(&format!("deleted {id}")));
                sweep.deleted.push(id.clone());
            }
            Err(error) if args.ids.len() == 1 => return Err(error),
            Err(error) if error.code() == ErrorCode::Unauthenticated => {
                sweep.left = args.ids.iter().skip(done).cloned().collect();
                sweep.stopped = Some(error);
                break;
            }
            Err(error) => sweep.failed.push(Failed { id: id.clone(), error }),
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(sweep)
}

fn sweep(common: &Common, client: &Client<NativeHost>, args: &Args) -> Result<ExitCode> {
    let Some(named) = parent::named_by_user(args.parent.clone())? else {
        return Err(Error::new(
            ErrorCode::ParentRequired,
            "--expired deletes the tokens of an organisation, and none was named",
        ));
    };
    let parent = named.organization.as_str();
    let pattern = args.name.as_deref().map(WildMatch::new);
    let filter = SweepFilter {
        parent: Parent::parse(parent),
        name: &|name| pattern.as_ref().is_none_or(|pattern| pattern.matches(name)),
        unused_since: args
            .unused_since
            .map(|time| pulltoken_native::now().plus_seconds(-time.nanoseconds() / 1_000_000_000)),
    };
    let tokens = connection::block_on(client.expired_pull_tokens(&filter))?;
    if tokens.is_empty() {
        common.say("no expired pull tokens");
        return finished(common, &Sweep::default());
    }
    if args.dry_run {
        tokens.iter().for_each(|token| {
            output::note(&format!("would delete {} ({})", token.id, printable_prefix(&token.name, 64)))
        });
        return finished(common, &Sweep::default());
    }
    if !args.yes && !confirmed(tokens.len(), parent)? {
        output::note("nothing was deleted");
        return Ok(ExitCode::from(ErrorCode::Interrupted.exit_code()));
    }
    let bar = progress(common, tokens.len());
    let sweep = connection::block_on(async {
        let interrupt = connection::interrupt_saying("stopping: what is left is told (again to leave at once)");
        Ok(client.sweep_until(&tokens, |done| bar.set_position(done as u64), interrupt).await)
    })?;
    bar.finish_and_clear();
    match sweep.deleted.len() {
        0 => {}
        1 => common.say("deleted 1 expired pull token"),
        count => common.say(&format!("deleted {count} expired pull tokens")),
    }
    finished(common, &sweep)
}

/// Asks on a terminal.
///
/// # Errors
/// `confirmation_required` where nobody can answer.
fn confirmed(count: usize, parent: &str) -> Result<bool> {
    if !ask::somebody_is_there() {
        let message = format!("{count} expired pull tokens would be deleted, and nobody is there to confirm it");
        return Err(Error::new(ErrorCode::ConfirmationRequired, message));
    }
    let what = if count == 1 { "1 expired pull token".to_owned() } else { format!("{count} expired pull tokens") };
    let question = format!("Delete {what} of {}?", printable_prefix(parent, 64));
    match Confirm::new(&question).with_default(false).prompt() {
        Ok(answer) => Ok(answer),
        Err(InquireError::OperationCanceled | InquireError::OperationInterrupted) => Ok(false),
        Err(error) => Err(Error::new(ErrorCode::Internal, format!("the question could not be asked: {error}"))),
    }
}

fn progress(common: &Common, count: usize) -> ProgressBar {
    if common.quiet || count < 5 {
        return ProgressBar::hidden();
    }
    // Without a terminal it draws nothing.
    let style = ProgressStyle::with_template("deleting {wide_bar} {pos}/{len} {eta}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(count as u64).with_style(style)
}

fn finished(common: &Common, sweep: &Sweep) -> Result<ExitCode> {
    for one in &sweep.failed {
        output::note(&format!("could not delete {}: {}", one.id, one.error.message()));
    }
    if common.output == Output::Json {
        let failed: Vec<_> = sweep.failed.iter().map(|one| json!({"id": one.id, "error": one.error})).collect();
        output::print_json(&json!({"deleted": sweep.deleted, "failed": failed, "left": sweep.left}))?;
    }
    if let Some(stopped) = &sweep.stopped {
        let left: Vec<_> = sweep.left.iter().map(ToString::to_string).collect();
        let (why, hint) = match stopped.code() {
            ErrorCode::Interrupted => ("interrupted", "run the same command again to go on"),
            _ => ("the session ended", "sign in again and run the same command"),
        };
        let message = format!("{why} after {} deletions; left are {}", sweep.deleted.len(), left.join(", "));
        return Err(stopped.clone().with_message(message).with_hint(hint));
    }
    match sweep.failed.len() {
        0 => Ok(ExitCode::SUCCESS),
        count => Err(Error::new(ErrorCode::Incomplete, format!("{count} pull tokens could not be deleted"))),
    }
}
