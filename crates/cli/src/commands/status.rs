//! `pulltoken status`: is somebody signed in, who, and what does that open.

use std::process::ExitCode;

use pulltoken_client::Client;
use pulltoken_client::chain::REGISTRY_AUDIENCE;
use pulltoken_client::session::SESSION_VARIABLE;
use pulltoken_client::stored::StoredSession;
use pulltoken_core::{Error, ErrorCode, Result, Secret, Timestamp};
use pulltoken_native::now;
use serde::Serialize;

use super::login::overview::{self, PrintedSession, subject};
use crate::common::Common;
use crate::connection;
use crate::input;
use crate::output::{self, Output};
use crate::sessions;

/// Say who is signed in, until when, and what that opens
///
/// Exits with 0 if a session is good or can be renewed, 3 if nobody is signed in, 10 if it expired.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Ask nobody: say what is stored
    #[arg(long)]
    offline: bool,
}

/// Looks, asks and says.
pub(super) fn run(common: &Common, args: Args) -> Result<ExitCode> {
    let found = found(common)?;
    if found.is_empty() {
        return Err(Error::new(ErrorCode::NotSignedIn, "nobody is signed in"));
    }
    let now = now();
    if !found.iter().any(|session| session.lasts(now, 0) || session.can_be_renewed(now)) {
        print_offline(common, &found, now)?;
        return Ok(ExitCode::from(ErrorCode::CredentialsUnusable.exit_code()));
    }
    let has_api = found.iter().any(|session| session.audience == common.api.as_str());
    if args.offline || !has_api {
        print_offline(common, &found, now)?;
        return Ok(ExitCode::SUCCESS);
    }
    let client = Client::new(connection::host(common), common.endpoints(), &sessions::for_api(common)?);
    let overview = connection::block_on(client.overview())?;
    overview::print(common, &overview, &found)?;
    if matches!(common.output, Output::Table | Output::Wide) {
        output::print(&in_words(&found, now))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The session by variable, which counts alone, else what is stored.
fn found(common: &Common) -> Result<Vec<StoredSession>> {
    let audiences = [common.api.as_str(), REGISTRY_AUDIENCE];
    if let Some(token) = input::variable(SESSION_VARIABLE).filter(|token| !token.is_empty()) {
        let token = Secret::new(token);
        // Read for what it says of itself.
        let jwt = pulltoken_core::jwt::UnverifiedJwt::parse(token.expose()).map_err(|_| {
            Error::new(ErrorCode::SessionUnusable, format!("{SESSION_VARIABLE} holds no JSON Web Token"))
        })?;
        let its = audiences.into_iter().find(|audience| jwt.claims.audience.iter().any(|own| own == audience));
        let audience = its.map(str::to_owned).or_else(|| jwt.claims.audience.first().cloned()).unwrap_or_default();
        return Ok(vec![StoredSession::new(audience, token, None)?]);
    }
    let sessions = sessions::of_user(common)?;
    let mut all: Vec<String> = audiences.map(str::to_owned).to_vec();
    all.extend(pulltoken_native::FileSessions::of_user()?.audiences(&sessions.place)?);
    all.sort();
    all.dedup();
    let mut found = Vec::new();
    for audience in all {
        found.extend(sessions.load(&audience)?);
    }
    Ok(found)
}

fn print_offline(common: &Common, found: &[StoredSession], now: Timestamp) -> Result<()> {
    let who = found.first().map(subject).unwrap_or_default();
    match common.output {
        Output::Json => {
            output::print_json(&Offline { id: &who, sessions: found.iter().map(PrintedSession::of).collect() })
        }
        Output::Id => output::print(&format!("{who}\n")),
        Output::None => Ok(()),
        _ => output::print(&format!("Id: {who}\n{}", in_words(found, now))),
    }
}

#[derive(Serialize)]
struct Offline<'a> {
    id: &'a str,
    sessions: Vec<PrintedSession<'a>>,
}

fn in_words(found: &[StoredSession], now: Timestamp) -> String {
    let line = |session: &StoredSession| {
        let end = session.expires_at.map_or_else(|| "without end".to_owned(), |end| end.to_string());
        let state = if session.lasts(now, 0) { "good until" } else { "expired at" };
        let renewal = match (session.can_be_renewed(now), session.renewable_until()) {
            (true, Some(until)) => format!(", renewed when needed until {until}"),
            (true, None) => ", renewed when needed".to_owned(),
            (false, _) => String::new(),
        };
        format!("Session for {}: {state} {end}{renewal}\n", session.audience)
    };
    found.iter().map(line).collect()
}
