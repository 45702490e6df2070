//! `pulltoken logout`: forget what signing in stored.

use std::process::ExitCode;

use pulltoken_client::chain::{PairCache as _, REGISTRY_AUDIENCE};
use pulltoken_client::stored::SessionStore as _;
use pulltoken_core::Result;
use pulltoken_native::FilePairs;

use crate::common::Common;
use crate::connection;
use crate::sessions;

/// Forget the sessions that `login` stored, and what was made with them
///
/// What the vendor's command stored is left alone.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Forget this audience alone; all of them unless given (repeatable)
    #[arg(long, value_name = "AUDIENCE", value_delimiter = ',')]
    audience: Vec<String>,
}

/// Forgets.
pub(super) fn run(common: &Common, args: Args) -> Result<ExitCode> {
    // First: it may need the session to give back what it made.
    super::agent::forget(common);
    let sessions = sessions::of_user(common)?;
    let mut audiences = args.audience;
    if audiences.is_empty() {
        audiences = sessions.own.audiences(&sessions.place)?;
        audiences.extend([common.api.as_str().to_owned(), REGISTRY_AUDIENCE.to_owned()]);
        audiences.sort();
        audiences.dedup();
    }
    let removed = connection::block_on(async {
        let mut removed = 0;
        for audience in &audiences {
            if sessions.own.load(&sessions.place, audience)?.is_some()
                && sessions.own.lock(&sessions.place, audience).await?.remove()?
            {
                removed += 1;
            }
        }
        Ok(removed)
    })?;
    let pairs = FilePairs::of_user()?.clear(&sessions.place)?;
    common.say(match removed + pairs {
        0 => "nobody was signed in here",
        _ => "signed out",
    });
    Ok(ExitCode::SUCCESS)
}
