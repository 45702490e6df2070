//! `POST /sts/exchange`: a token of one's own for a session.

use serde::Deserialize;
use serde_json::{Value, json};

use super::EXCHANGE;
use crate::gateway::query;
use crate::gateway::timestamp;
use crate::http::Request;
use crate::log::Part;
use crate::problem::Problem;
use crate::seed::SESSION_LIFETIME;
use crate::state::{NewSession, Shared};
use crate::world::Uidp;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct ExchangeRequest {
    pub(crate) aud: Vec<String>,
    identity: String,
    identity_provider: String,
    pub(crate) cap: Vec<String>,
}

/// Exchanges the bearer token: for a session of the identity asked for, or else of the person.
pub(crate) fn exchange(shared: &Shared, request: &Request, parameters: &[(String, String)]) -> Result<Value, Problem> {
    let wanted: ExchangeRequest = query::read(&EXCHANGE, parameters, &[])?;
    let token = request.bearer().ok_or_else(|| Problem::unauthenticated("missing bearer token"))?;
    if wanted.aud.is_empty() || wanted.aud.iter().any(String::is_empty) {
        return Err(Problem::invalid("aud is required"));
    }
    if !wanted.identity_provider.is_empty() {
        return Err(Problem::not_found("there is no identity provider of this id"));
    }
    let now = shared.now();
    let issuer = shared.url(Part::Issuer, request.tls);
    let mut expires = now.unix_timestamp() + i64::try_from(SESSION_LIFETIME.as_secs()).unwrap_or(0);
    let (subject, email) = if wanted.identity.is_empty() {
        let person = shared.person_of(token).map_err(refused)?;
        (person.id, person.email)
    } else {
        let id = Uidp::parse(&wanted.identity)
            .ok_or_else(|| Problem::invalid(format!("{:?} is not a valid UIDP", wanted.identity)))?;
        let identity = shared.world().identity(&id).cloned();
        let identity = identity.ok_or_else(|| refused("there is no such identity".to_owned()))?;
        shared.may_assume(&identity, token).map_err(refused)?;
        if let Some(keys) = identity.static_keys() {
            expires = expires.min(keys.expiration.unix_timestamp());
        }
        shared.world().seen(&id, now);
        (id, None)
    };
    let session = shared
        .issue_session(&NewSession {
            issuer: &issuer,
            subject: subject.as_str(),
            audiences: &wanted.aud,
            issued: now.unix_timestamp(),
            expires,
            email: email.as_deref(),
            capabilities: &wanted.cap,
        })
        .map_err(Problem::internal)?;
    // Who assumes an identity can do so again; only people get a refresh token.
    let refresh_token =
        if wanted.identity.is_empty() { shared.new_refresh_token(&subject, &wanted.aud) } else { String::new() };
    let expiry = time::OffsetDateTime::from_unix_timestamp(expires).unwrap_or(now);
    let mut answer = json!({"token": session, "expiry": timestamp::format(expiry)});
    if !refresh_token.is_empty() || shared.options.write_unset_fields {
        answer["refreshToken"] = Value::String(refresh_token);
    }
    Ok(answer)
}

fn refused(reason: String) -> Problem {
    Problem::unauthenticated(format!("token exchange refused: {reason}"))
}
