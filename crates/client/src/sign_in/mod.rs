//! Signing in: by browser, by a code on another machine, or by a token that somebody else vouches for.

mod browser;
mod device;
#[cfg(feature = "headless")]
mod headless;

pub use browser::{Page, Visitor, by_browser};
pub use device::{Ask, CLIENT_ID, by_device, provider_of};
#[cfg(feature = "headless")]
pub use headless::by_headless;

use std::time::Duration;

use futures_util::future::{Either, select};
use pulltoken_core::api::exchange::{self, Asking};
use pulltoken_core::api::organization_check;
use pulltoken_core::http::{Request, Response};
use pulltoken_core::{BaseUrl, Error, ErrorCode, Result, Secret};

use crate::chain::REGISTRY_AUDIENCE;
use crate::host::{BoxFuture, Host};
use crate::retry::{self, Rules};
use crate::stored::StoredSession;

/// How long a person may take.
pub const PATIENCE: Duration = Duration::from_secs(300);

/// Makes sure that a verified organisation of this name exists: only then does its name choose an
/// identity provider.
///
/// # Errors
/// `organization_not_found`, and those of the network.
pub async fn check_organization<H: Host>(host: &H, issuer: &BaseUrl, name: &str) -> Result<()> {
    let answer = send(host, organization_check::request(issuer, name)).await?;
    organization_check::parse(&answer, name)
}

/// What somebody signs in for: what was named, or the API and the registry.
///
/// # Errors
/// `usage` for an empty name.
pub fn audiences(api: &BaseUrl, named: Vec<String>) -> Result<Vec<String>> {
    if named.iter().any(String::is_empty) {
        return Err(Error::new(ErrorCode::Usage, "an audience is empty"));
    }
    Ok(if named.is_empty() { vec![api.as_str().to_owned(), REGISTRY_AUDIENCE.to_owned()] } else { named })
}

/// As [`by_token`], for a token that was not made by signing in just now: where it is not taken,
/// trying again changes nothing.
///
/// # Errors
/// `sign_in_refused` where the issuer does not trust it, and those of [`by_token`].
pub async fn by_identity_token<H: Host>(
    host: &H,
    issuer: &BaseUrl,
    token: &Secret,
    asking: Asking<'_>,
    audiences: &[String],
) -> Result<Vec<StoredSession>> {
    by_token(host, issuer, token, asking, audiences).await.map_err(|error| {
        if !matches!(error.code(), ErrorCode::Unauthenticated | ErrorCode::PermissionDenied) {
            return error;
        }
        let hint = format!(
            "it has to be a fresh token for the audience {}, of an issuer that the platform or the identity trusts",
            issuer.host()
        );
        let message = format!("the identity token was refused: {}", error.message());
        error.with_code(ErrorCode::SignInRefused).with_message(message).with_hint(hint)
    })
}

/// Exchanges a token that the issuer trusts for a session per audience, in that order.
///
/// # Errors
/// What the issuer refused with, and those of the network.
pub async fn by_token<H: Host>(
    host: &H,
    issuer: &BaseUrl,
    token: &Secret,
    asking: Asking<'_>,
    audiences: &[String],
) -> Result<Vec<StoredSession>> {
    let mut sessions = Vec::with_capacity(audiences.len());
    for audience in audiences {
        let request = exchange::request(issuer, token, asking, audience);
        let answer = retry::answer(host, request, Rules::Exchange(&[14])).await?;
        let session = exchange::parse(&answer)?;
        sessions.push(StoredSession::new(audience, session.token, session.refresh_token)?);
    }
    Ok(sessions)
}

fn send<H: Host>(host: &H, request: Request) -> BoxFuture<'_, Result<Response>> {
    let rules = Rules::of(request.method);
    retry::answer(host, request, rules)
}

/// Runs a flow for as long as a person may take.
async fn patiently<H: Host, T>(host: &H, patience: Duration, flow: impl Future<Output = Result<T>>) -> Result<T> {
    match select(std::pin::pin!(flow), host.sleep(patience)).await {
        Either::Left((done, _)) => done,
        Either::Right(((), _)) => {
            let minutes = patience.as_secs().div_ceil(60);
            let message = format!("nobody signed in within {minutes} minutes");
            Err(Error::new(ErrorCode::SignInRefused, message))
        }
    }
}
