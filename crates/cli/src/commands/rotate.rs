//! `pulltoken rotate`: a new token in the place of an old one.

use std::process::ExitCode;

use pulltoken_client::tokens::{Fate, KeepOld};
use pulltoken_core::ttl::GoDuration;
use pulltoken_core::{Error, ErrorCode, Result, Ttl, Uidp};

use crate::ci::Ci;
use crate::common::Common;
use crate::sessions;
use crate::{connection, input, reveal};

/// Make a new token of the same name, roles and organisation; the old one goes last
///
/// The new token is exchanged once before the old one is touched. With --keep-old=24h the old one
/// expires a day from now, with a bare --keep-old it is left to its own time.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The old token's identifier
    #[arg(value_name = "ID", value_parser = Uidp::parse)]
    id: Uidp,

    /// How long the new one lives, at most 8760h
    #[arg(long, value_name = "DURATION", default_value = "720h", value_parser = Ttl::parse, allow_hyphen_values = true)]
    ttl: Ttl,

    /// Leave the old one for a while, or to its own time
    #[arg(long, value_name = "TIME", num_args = 0..=1, require_equals = true, default_missing_value = "", value_parser = parse_keep)]
    keep_old: Option<Keep>,
}

#[derive(Clone, Copy)]
struct Keep(KeepOld);

fn parse_keep(text: &str) -> Result<Keep> {
    if text.is_empty() {
        return Ok(Keep(KeepOld::Untouched));
    }
    let time: GoDuration = super::parse_days(text)?;
    let seconds = u64::try_from(time.nanoseconds() / 1_000_000_000).ok().filter(|seconds| *seconds > 0);
    let positive = || {
        Error::new(ErrorCode::TtlOutOfRange, "the old token cannot be kept for no time")
            .with_hint("leave --keep-old out to delete it")
    };
    seconds.map(|seconds| Keep(KeepOld::Seconds(seconds))).ok_or_else(positive)
}

/// Rotates and prints the new token.
pub(super) fn run(common: &Common, args: Args) -> Result<ExitCode> {
    let ci = Ci::detect(&input::variable);
    reveal::ensure_maskable(common, ci)?;
    let client = sessions::client(common)?;
    let keep = args.keep_old.map_or(KeepOld::No, |Keep(keep)| keep);
    let rotated = connection::block_on(async {
        client.rotate_pull_token(&args.id, args.ttl, keep, connection::interrupt()).await
    })?;
    super::create::print(common, &rotated.token, ci)?;
    let id = &args.id;
    match rotated.old {
        Fate::Deleted => common.say(&format!("the old token {id} is deleted")),
        Fate::WasGone => common.say(&format!("the old token {id} was gone already: another rotation may have run")),
        Fate::KeptUntil(Some(end)) => common.say(&format!("the old token {id} works until {end}")),
        Fate::KeptUntil(None) => common.say(&format!("the old token {id} is left as it is")),
        Fate::Stuck(error) => {
            let message = format!("the new token works, but the old one, {id}, is still there: {}", error.message());
            let hint = format!("try again: pulltoken delete {id}");
            return Err(error.with_code(ErrorCode::Incomplete).with_message(message).with_hint(hint));
        }
    }
    Ok(ExitCode::SUCCESS)
}
