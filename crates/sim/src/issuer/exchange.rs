//! `POST /sts/exchange`: a token of one's own for a session.

use serde::Deserialize;
use serde_json::{Value, json};

use super::EXCHANGE;
use super::session::Wanted;
use crate::gateway::query;
use crate::gateway::timestamp;
use crate::http::Request;
use crate::limits::Limits;
use crate::log::Part;
use crate::problem::Problem;
use crate::state::Shared;
use crate::world::Uidp;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct ExchangeRequest {
    pub(crate) aud: Vec<String>,
    identity: String,
    identity_provider: String,
    scope: String,
    scopes: Vec<String>,
    cap: Vec<String>,
}

impl ExchangeRequest {
    /// Refuses a request that names no audience or an empty one.
    pub(crate) fn check_audiences(&self) -> Result<(), Problem> {
        if self.aud.is_empty() || self.aud.iter().any(String::is_empty) {
            return Err(Problem::invalid("aud is required"));
        }
        Ok(())
    }

    pub(crate) fn limits(&self) -> Result<Limits, Problem> {
        let scopes = [&self.scope].into_iter().filter(|scope| !scope.is_empty()).chain(&self.scopes);
        Ok(Limits {
            capabilities: self.cap.clone(),
            scopes: scopes.map(|scope| uidp(scope)).collect::<Result<_, _>>()?,
        })
    }
}

/// Exchanges the bearer token: for a session of the identity asked for, or else of the person.
pub(crate) fn exchange(shared: &Shared, request: &Request, parameters: &[(String, String)]) -> Result<Value, Problem> {
    let wanted: ExchangeRequest = query::read(&EXCHANGE, parameters, &[])?;
    let token = request.bearer().ok_or_else(|| Problem::unauthenticated("missing bearer token"))?;
    wanted.check_audiences()?;
    let identity = Some(&wanted.identity).filter(|id| !id.is_empty()).map(|id| uidp(id)).transpose()?;
    if !wanted.identity_provider.is_empty() && !shared.sign_in.is_provider(&uidp(&wanted.identity_provider)?) {
        return Err(Problem::not_found("there is no identity provider of this id"));
    }
    let issued = shared
        .exchange_for(
            &Wanted {
                issuer: &shared.url(Part::Issuer, request.tls),
                audiences: &wanted.aud,
                identity: identity.as_ref(),
                limits: &wanted.limits()?,
            },
            token,
        )
        .map_err(|refusal| refusal.into_problem())?;
    // Who assumes an identity can do so again; only people get a refresh token.
    let refresh_token = match identity {
        Some(_) => String::new(),
        None => shared.new_refresh_token(&issued.subject, &wanted.aud, &wanted.limits()?),
    };
    let expiry = time::OffsetDateTime::from_unix_timestamp(issued.expires).unwrap_or_else(|_| shared.now());
    let mut answer = json!({"token": issued.token, "expiry": timestamp::format(expiry)});
    if !refresh_token.is_empty() || shared.options.write_unset_fields {
        answer["refreshToken"] = Value::String(refresh_token);
    }
    Ok(answer)
}

fn uidp(text: &str) -> Result<Uidp, Problem> {
    Uidp::parse(text).ok_or_else(|| Problem::invalid(format!("{text:?} is not a valid UIDP")))
}
