//! `POST /sts/exchange_refresh_token`: a new session and a new refresh token for an old one.

use std::collections::HashMap;
use std::sync::PoisonError;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::EXCHANGE;
use super::exchange::ExchangeRequest;
use crate::gateway::query;
use crate::gateway::timestamp;
use crate::http::Request;
use crate::log::Part;
use crate::problem::Problem;
use crate::seed::SESSION_LIFETIME;
use crate::state::{NewSession, Shared};
use crate::world::Uidp;

const REFRESH_DAYS: i64 = 30;

/// Refresh tokens that were given out. One is good for one use.
#[derive(Default)]
pub(crate) struct RefreshTokens(HashMap<String, Grant>);

#[derive(Clone)]
struct Grant {
    subject: Uidp,
    audiences: Vec<String>,
    expires: i64,
    used: bool,
}

impl Shared {
    /// A refresh token: standard base64 of a JSON document with an expiry.
    pub(crate) fn new_refresh_token(&self, subject: &Uidp, audiences: &[String]) -> String {
        let expires = self.now() + time::Duration::days(REFRESH_DAYS);
        let serial = self.world().ids.hex(32);
        let document = json!({
            "sub": subject,
            "aud": audiences,
            "exp": timestamp::format(expires),
            "jti": serial,
        });
        let token = STANDARD.encode(document.to_string());
        let grant = Grant {
            subject: subject.clone(),
            audiences: audiences.to_vec(),
            expires: expires.unix_timestamp(),
            used: false,
        };
        let mut tokens = self.refresh_tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.0.insert(token.clone(), grant);
        token
    }

    /// Uses a refresh token up.
    fn redeem(&self, token: &str) -> Result<Grant, &'static str> {
        let now = self.now().unix_timestamp();
        let mut tokens = self.refresh_tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let grant = tokens.0.get_mut(token).ok_or("the refresh token is unknown")?;
        if grant.used {
            return Err("the refresh token was used before");
        }
        if grant.expires <= now {
            return Err("the refresh token is expired");
        }
        grant.used = true;
        Ok(grant.clone())
    }

    /// Whether a refresh token may be used for these audiences; does not use it up.
    fn check_audiences(&self, token: &str, wanted: &[String]) -> Result<(), Problem> {
        let tokens = self.refresh_tokens.lock().unwrap_or_else(PoisonError::into_inner);
        match tokens.0.get(token) {
            Some(grant) if !wanted.iter().all(|it| grant.audiences.contains(it)) => {
                Err(Problem::denied("the refresh token was given for other audiences"))
            }
            _ => Ok(()),
        }
    }
}

/// Exchanges the bearer, a refresh token. Both tokens are new; the old one is dead.
pub(crate) fn exchange(shared: &Shared, request: &Request, parameters: &[(String, String)]) -> Result<Value, Problem> {
    let wanted: ExchangeRequest = query::read(&EXCHANGE, parameters, &[])?;
    let token = request.bearer().ok_or_else(|| Problem::unauthenticated("missing bearer token"))?;
    if wanted.aud.is_empty() || wanted.aud.iter().any(String::is_empty) {
        return Err(Problem::invalid("aud is required"));
    }
    shared.check_audiences(token, &wanted.aud)?;
    let grant =
        shared.redeem(token).map_err(|reason| Problem::unauthenticated(format!("refresh refused: {reason}")))?;
    let now = shared.now().unix_timestamp();
    let email = shared.world().users.get(&grant.subject).map(|user| user.email.clone());
    let session = shared
        .issue_session(&NewSession {
            issuer: &shared.url(Part::Issuer, request.tls),
            subject: grant.subject.as_str(),
            audiences: &wanted.aud,
            issued: now,
            expires: now + i64::try_from(SESSION_LIFETIME.as_secs()).unwrap_or(0),
            email: email.as_deref(),
            capabilities: &wanted.cap,
        })
        .map_err(Problem::internal)?;
    let refresh_token = shared.new_refresh_token(&grant.subject, &grant.audiences);
    Ok(json!({"token": {"token": session}, "refreshToken": {"token": refresh_token}}))
}
