//! How a sign-in ends: the browser takes the answer along, or it is left to be fetched.

use http::StatusCode;

use super::redirect::Redirect;
use super::request::{Exit, SignIn};
use crate::http::Reply;
use crate::issuer::headless::Code;
use crate::issuer::html;
use crate::issuer::presented::Refusal;
use crate::issuer::session::Wanted;
use crate::limits::Limits;
use crate::problem::Problem;
use crate::state::Shared;

/// What came of asking.
pub(super) enum Decision {
    /// Somebody signed in; this is the provider's ID token.
    Person(String),
    Denied,
}

/// Ends a sign-in. A redirect is answered with `status`.
pub(super) fn finish(
    shared: &Shared,
    status: StatusCode,
    sign_in: &SignIn,
    decision: Decision,
) -> Result<Reply, Problem> {
    match &sign_in.exit {
        Exit::Redirect(redirect) => {
            let url = answer(shared, sign_in, redirect, &decision)?;
            Ok(html::redirect(status, &url))
        }
        Exit::Headless(code) => leave(shared, code, &decision),
    }
}

/// Where the browser goes, with tokens or with an error.
fn answer(shared: &Shared, sign_in: &SignIn, redirect: &Redirect, decision: &Decision) -> Result<String, Problem> {
    let drop = shared.options.drop_redirect_parameters;
    let refused = |error: &str, status: &str| redirect.with(&[("error", error), ("status_code", status)], drop);
    let Decision::Person(id_token) = decision else { return Ok(refused("access_denied", "403")) };
    let limits = Limits { capabilities: Vec::new(), scopes: sign_in.scope.iter().cloned().collect() };
    let wanted = Wanted {
        issuer: &sign_in.issuer,
        audiences: &sign_in.audiences,
        identity: sign_in.identity.as_ref(),
        limits: &limits,
    };
    let mut issued = shared.exchange_for(&wanted, id_token);
    if matches!(issued, Err(Refusal::NotRegistered)) && !sign_in.skip_registration {
        shared.register(id_token).map_err(Refusal::into_problem)?;
        issued = shared.exchange_for(&wanted, id_token);
    }
    Ok(match issued {
        Ok(issued) => {
            // Who assumes an identity signs in again; only people get a refresh token.
            let refresh = (sign_in.refresh && sign_in.identity.is_none())
                .then(|| shared.new_refresh_token(&issued.subject, &sign_in.audiences, &limits));
            let tokens = [("token", Some(issued.token.as_str())), ("refresh_token", refresh.as_deref())];
            let tokens: Vec<_> = tokens.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
            redirect.with(&tokens, drop)
        }
        Err(Refusal::NotRegistered) => refused("account not found", "404"),
        Err(Refusal::Token(reason) | Refusal::Claims(reason)) => refused(&reason, "403"),
    })
}

/// Leaves the ID token for the terminal that made the code.
fn leave(shared: &Shared, code: &Code, decision: &Decision) -> Result<Reply, Problem> {
    let Decision::Person(id_token) = decision else {
        shared.close_headless(code);
        return Ok(html::note(StatusCode::OK, "Sign-in refused", "Nothing was given out. You can close this page."));
    };
    if matches!(shared.person_of(id_token), Err(Refusal::NotRegistered)) {
        shared.register(id_token).map_err(Refusal::into_problem)?;
    }
    shared.leave_sealed(code, id_token)?;
    Ok(html::note(StatusCode::OK, "Signed in", "Your terminal goes on by itself. You can close this page."))
}
