//! The ways to sign in, and what the person is told meanwhile.

use std::path::Path;

use pulltoken_client::sign_in::{self, Ask};
use pulltoken_client::stored::StoredSession;
use pulltoken_core::api::device::DeviceCode;
use pulltoken_core::api::exchange::Asking;
use pulltoken_core::api::oauth::Door;
use pulltoken_core::jwt::UnverifiedJwt;
use pulltoken_core::text::printable_prefix;
use pulltoken_core::{Error, ErrorCode, Result, Secret};
use pulltoken_native::NativeHost;
use pulltoken_native::sign_in::{BrowserVisit, Told, can_open};

use super::Args;
use crate::ask;
use crate::common::Common;
use crate::input;
use crate::output;

/// Signs in the way that was asked for, else by browser where there is one.
pub(super) async fn sign_in(
    common: &Common,
    host: &NativeHost,
    args: Args,
    audiences: &[String],
) -> Result<Vec<StoredSession>> {
    let Args { headless, device, identity, identity_token, org_name, identity_provider, social_login, .. } = args;
    let issuer = &common.issuer;
    if let Some(given) = identity_token {
        if org_name.is_some() || social_login.is_some() {
            let message =
                "--org-name and --social-login choose a page to sign in on; with --identity-token there is none";
            return Err(Error::new(ErrorCode::Usage, message));
        }
        let token = read_token(&given)?;
        let asking = Asking { identity: identity.as_ref(), identity_provider: identity_provider.as_ref() };
        return sign_in::by_identity_token(host, issuer, &token, asking, audiences).await;
    }
    if let Some(name) = &org_name {
        sign_in::check_organization(host, issuer, name).await?;
    }
    let door = match (identity_provider, org_name, social_login) {
        (Some(id), _, _) => Door::IdentityProvider(id),
        (_, Some(name), _) => Door::Organization(name),
        (_, _, Some(login)) => Door::Social(login),
        (None, None, None) => Door::Any,
    };
    let asking = Asking { identity: identity.as_ref(), identity_provider: None };
    if device {
        let provider = match args.oidc_provider {
            Some(provider) => provider,
            None => sign_in::provider_of(issuer)?,
        };
        let ask = Ask { provider: &provider, client_id: &args.client_id };
        let token = sign_in::by_device(host, ask, show_code).await?;
        return sign_in::by_token(host, issuer, &token, asking, audiences).await;
    }
    if headless || !can_open(&input::variable) {
        if !headless {
            output::note("there seems to be no browser on this machine");
        }
        let token = sign_in::by_headless(host, issuer, &door, show_address).await?;
        return sign_in::by_token(host, issuer, &token, asking, audiences).await;
    }
    let mut visit = BrowserVisit::bind(tell, confirm).await?;
    sign_in::by_browser(host, &mut visit, issuer, &door, identity.as_ref(), audiences).await
}

/// `-` is standard input, the name of a file its content, and a JSON Web Token itself.
fn read_token(given: &str) -> Result<Secret> {
    let text = if given == "-" {
        input::read_stdin()?
    } else if UnverifiedJwt::parse(given.trim()).is_ok() {
        output::note(
            "warning: other users of this machine can read the arguments of a command\n  hint: give the token on standard input with --identity-token -, or in a file",
        );
        given.to_owned()
    } else {
        input::read_file(Path::new(given))?
    };
    let token = text.trim();
    if UnverifiedJwt::parse(token).is_err() {
        return Err(Error::new(ErrorCode::Usage, "the identity token is no JSON Web Token")
            .with_hint("give the token that your CI system or identity provider issued, as it stands"));
    }
    Ok(Secret::new(token))
}

fn tell(told: Told<'_>) {
    match told {
        Told::Opening(address) => output::note(&format!("Opening the browser at {address} to sign in")),
        Told::Stranger(uid) => output::note(&format!(
            "Another user of this machine (uid {uid}) came to the address of this sign-in and was turned away."
        )),
        Told::OpenYourself(page) => {
            output::note(&format!("No browser could be opened. Open this address on this machine:\n  {page}"));
        }
    }
}

/// Asked where the issuer dropped our nonce; only a person at a terminal can vouch then.
fn confirm(identity: &str) -> bool {
    if !ask::somebody_is_there() {
        return false;
    }
    output::note("The issuer did not send back the proof that this sign-in was begun here.");
    output::note(&format!("The browser is signed in as {identity}."));
    ask::yes("Is that you?", false).unwrap_or(false)
}

fn show_address(address: &str) {
    output::note(&format!("Open this address in a browser on any machine and sign in:\n  {address}\nWaiting…"));
}

fn show_code(code: &DeviceCode) {
    let (user_code, address) = (printable_prefix(&code.user_code, 40), printable_prefix(&code.verification_uri, 200));
    output::note(&format!("Enter the code {user_code} at {address}"));
    if let Some(complete) = &code.verification_uri_complete {
        output::note(&format!("or open {}", printable_prefix(complete, 200)));
    }
    output::note(&format!("The code is good for {} minutes. Waiting…", code.expires_in_seconds / 60));
}
