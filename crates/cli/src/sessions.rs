//! Whose session a command works with: one given by variable, else one that is stored.

use pulltoken_client::Client;
use pulltoken_client::chain::{REGISTRY_AUDIENCE, SKEW_SECONDS};
use pulltoken_client::session::{SESSION_VARIABLE, Session};
use pulltoken_client::stored::Place;
use pulltoken_core::{Error, ErrorCode, Result, Secret};
use pulltoken_native::{NativeHost, now};

use crate::common::Common;
use crate::connection;
use crate::input;

pub(crate) use pulltoken_native::UserSessions as Sessions;

/// The sessions that this user has at the configured addresses. Nothing is read yet.
///
/// # Errors
/// `file_unwritable` where there is no home folder.
pub(crate) fn of_user(common: &Common) -> Result<Sessions> {
    let place = Place::new(&common.endpoints(), common.network.connect_to_texts());
    Sessions::of_user(place, common.shared_cache)
}

/// The session given by variable, if one is.
///
/// # Errors
/// `session_expired`, `session_unusable`.
pub(crate) fn by_variable() -> Result<Option<Session>> {
    let token = input::variable(SESSION_VARIABLE).filter(|token| !token.is_empty());
    token.map(|token| Session::new(Secret::new(token), now())).transpose()
}

/// A session for the API.
///
/// # Errors
/// `not_signed_in`, `session_expired`, `session_unusable`; those of renewing it.
pub(crate) fn for_api(common: &Common) -> Result<Session> {
    if let Some(session) = by_variable()? {
        if session.is_for(REGISTRY_AUDIENCE) && !session.is_for(common.api.as_str()) {
            let message = format!("the session in {SESSION_VARIABLE} opens the registry, not the platform's API");
            return Err(Error::new(ErrorCode::SessionUnusable, message));
        }
        return Ok(session);
    }
    let sessions = of_user(common)?;
    let audience = common.api.as_str();
    if let Some(stored) = sessions.load(audience)?.filter(|stored| stored.lasts(now(), SKEW_SECONDS)) {
        return stored.session(now());
    }
    let host = connection::host(common);
    match connection::block_on(sessions.fresh(&host, audience, SKEW_SECONDS))? {
        Some(stored) => stored.session(now()),
        None => Err(Error::new(ErrorCode::NotSignedIn, "nobody is signed in")),
    }
}

/// A client for the session of whoever is signed in.
pub(crate) fn client(common: &Common) -> Result<Client<NativeHost>> {
    let session = for_api(common)?;
    Ok(Client::new(connection::host(common), common.endpoints(), &session))
}
