//! A job's token, exchanged for a session.

use pulltoken_core::api::exchange::Asking;
use pulltoken_core::{BaseUrl, Error, ErrorCode, Result, Uidp};

use super::{IdToken, Job, id_token};
use crate::host::Host;
use crate::sign_in::by_token;
use crate::stored::StoredSession;

/// Lets the job assume an identity and gives its session for one audience.
///
/// The session has no refresh token: who assumes an identity can do so again.
///
/// # Errors
/// Those of [`id_token`]; `sign_in_refused` where the identity does not trust the job, with what the
/// token says; what the issuer or the network answered.
pub async fn session<H: Host>(
    host: &H,
    issuer: &BaseUrl,
    job: &Job<'_>,
    identity: &Uidp,
    audience: &str,
) -> Result<StoredSession> {
    let token = id_token(host, job, issuer.host()).await?;
    let asking = Asking { identity: Some(identity), ..Asking::default() };
    let sessions = by_token(host, issuer, token.token(), asking, &[audience.to_owned()]).await;
    let sessions = sessions.map_err(|error| explained(error, &token, identity, issuer.host()))?;
    sessions.into_iter().next().ok_or_else(|| Error::new(ErrorCode::UnexpectedResponse, "the issuer gave no session"))
}

/// A refusal, with what the identity would have had to trust. None of it is secret.
fn explained(error: Error, token: &IdToken, identity: &Uidp, audience: &str) -> Error {
    if !matches!(error.code(), ErrorCode::Unauthenticated | ErrorCode::PermissionDenied | ErrorCode::NotFound) {
        return error;
    }
    let message = format!("this job may not be {identity}: {}; its token says {}", error.message(), token.speaks_of());
    let hint = if token.is_for(audience) {
        "compare with `pulltoken identities list`; an owner can make an identity that trusts it with `pulltoken identities create`"
            .to_owned()
    } else {
        format!(
            "the token is for `{}`: have the job ask for the audience `{audience}`, or make the identity with `--audience`",
            token.shown_audience()
        )
    };
    error.with_code(ErrorCode::SignInRefused).with_message(message).with_hint(hint)
}
