//! Renewing a stored session: once, however many ask, and stored before it is used.

use pulltoken_core::api::refresh;
use pulltoken_core::{BaseUrl, Error, ErrorCode, Result, Secret};

use super::{Place, SessionStore, StoredSession};
use crate::host::Host;
use crate::retry::{self, Rules};

/// gRPC codes after which a renewal may be asked for again: the deadline passed, an internal error,
/// unavailable.
const WORTH_ANOTHER_TRY: Rules = Rules::Exchange(&[4, 13, 14]);

/// The stored session of this audience, good for at least so long, renewed if need be; `None` where
/// there is none.
///
/// # Errors
/// `session_expired` where it cannot be renewed any more; those of the store and of the network.
pub async fn fresh<H: Host>(
    host: &H,
    store: &dyn SessionStore,
    place: &Place,
    audience: &str,
    seconds: i64,
) -> Result<Option<StoredSession>> {
    match store.load(place, audience)? {
        None => Ok(None),
        Some(session) if session.lasts(host.now(), seconds) => Ok(Some(session)),
        Some(_) => renewed(host, store, place, audience, seconds).await,
    }
}

/// As [`fresh`], for a caller who knows that the session in the store needs renewing. Whoever comes
/// second finds what the first one stored and asks nobody.
///
/// # Errors
/// As [`fresh`].
pub async fn renewed<H: Host>(
    host: &H,
    store: &dyn SessionStore,
    place: &Place,
    audience: &str,
    seconds: i64,
) -> Result<Option<StoredSession>> {
    let mut locked = store.lock(place, audience).await?;
    let Some(old) = locked.load()? else { return Ok(None) };
    if old.lasts(host.now(), seconds) {
        return Ok(Some(old));
    }
    let now = host.now();
    let Some(refresh_token) = old.refresh_token.as_ref().filter(|_| old.can_be_renewed(now)) else {
        // A token that ends sooner than the caller would like is still better than none.
        if old.lasts(now, 0) {
            return Ok(Some(old));
        }
        let when = old.expires_at.map(|end| format!(" at {end}")).unwrap_or_default();
        return Err(Error::new(ErrorCode::SessionExpired, format!("the session expired{when}")));
    };
    let session = renew(host, &place.issuer, refresh_token, audience).await?;
    // The old refresh token is dead: were the new one lost now, the user would have to sign in again.
    locked.save(&session)?;
    Ok(Some(session))
}

/// A new session for an old one's refresh token, which is dead afterwards: what comes back has to be
/// kept before anything is done with it.
///
/// # Errors
/// `session_expired` where the refresh token is not taken (any more); those of the network.
pub async fn renew<H: Host>(
    host: &H,
    issuer: &BaseUrl,
    refresh_token: &Secret,
    audience: &str,
) -> Result<StoredSession> {
    let request = refresh::request(issuer, refresh_token, audience);
    let answer = retry::send(host, request, WORTH_ANOTHER_TRY).await.map_err(|failure| failure.error)?;
    let renewed = refresh::parse(&answer)?;
    StoredSession::new(audience, renewed.token, Some(renewed.refresh_token))
}
