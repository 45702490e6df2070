//! `pulltoken token`: print the access token of a session.

use std::process::ExitCode;

use pulltoken_client::chain::SKEW_SECONDS;
use pulltoken_core::{Credentials, Error, ErrorCode, Result};
use pulltoken_native::now;

use crate::ci::Ci;
use crate::common::Common;
use crate::connection;
use crate::input;
use crate::reveal;
use crate::sessions;

/// Print the session's access token, renewed if need be
#[derive(clap::Args)]
pub(crate) struct Args {
    /// What the token opens; the API unless given
    #[arg(long, value_name = "AUDIENCE")]
    audience: Option<String>,
}

/// Finds and prints.
pub(super) fn run(common: &Common, args: Args) -> Result<ExitCode> {
    let ci = Ci::detect(&input::variable);
    reveal::ensure_maskable(common, ci)?;
    let audience = args.audience.as_deref().unwrap_or(common.api.as_str());
    let token = match sessions::by_variable()? {
        Some(session) if session.is_for(audience) => session.token().clone(),
        Some(_) => {
            let message = format!("the session in PULLTOKEN_SESSION_TOKEN is not for {audience}");
            return Err(Error::new(ErrorCode::SessionUnusable, message));
        }
        None => {
            let sessions = sessions::of_user(common)?;
            let kept = sessions.load(audience)?.filter(|stored| stored.lasts(now(), SKEW_SECONDS));
            let fresh = match kept {
                Some(stored) => Some(stored),
                None => connection::block_on(sessions.fresh(&connection::host(common), audience, SKEW_SECONDS))?,
            };
            let missing = || {
                Error::new(ErrorCode::NotSignedIn, format!("there is no session for {audience}"))
                    .with_hint(format!("pulltoken login --audience {audience}"))
            };
            fresh.ok_or_else(missing)?.token
        }
    };
    reveal::print_token(common, &Credentials::new("_token", token), ci)?;
    Ok(ExitCode::SUCCESS)
}
