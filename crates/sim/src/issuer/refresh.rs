//! `POST /sts/exchange_refresh_token`: a new session and a new refresh token for an old one.

use std::collections::HashMap;
use std::sync::PoisonError;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::EXCHANGE;
use super::exchange::ExchangeRequest;
use crate::gateway::query;
use crate::http::Request;
use crate::limits::Limits;
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
    limits: Limits,
    expires: i64,
    used: bool,
}

impl Shared {
    /// A refresh token: standard base64 of a JSON document with an expiry.
    pub(crate) fn new_refresh_token(&self, subject: &Uidp, audiences: &[String], limits: &Limits) -> String {
        let expires = self.now() + time::Duration::days(REFRESH_DAYS);
        let serial = self.world().ids.hex(32);
        let document = json!({
            "sub": subject,
            "aud": audiences,
            "exp": expires.unix_timestamp(),
            "jti": serial,
        });
        let token = STANDARD.encode(document.to_string());
        let grant = Grant {
            subject: subject.clone(),
            audiences: audiences.to_vec(),
            limits: limits.clone(),
            expires: expires.unix_timestamp(),
            used: false,
        };
        let mut tokens = self.refresh_tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.0.insert(token.clone(), grant);
        token
    }

    /// Uses a refresh token up, unless more is asked for than it was given for.
    fn redeem(&self, token: &str, audiences: &[String], limits: &Limits) -> Result<Grant, Problem> {
        let refused = |reason: &str| Problem::unauthenticated(format!("refresh refused: {reason}"));
        let now = self.now().unix_timestamp();
        let mut tokens = self.refresh_tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let grant = tokens.0.get_mut(token).ok_or_else(|| refused("the refresh token is unknown"))?;
        if grant.used {
            return Err(refused("the refresh token was used before"));
        }
        if grant.expires <= now {
            return Err(refused("the refresh token is expired"));
        }
        if !audiences.iter().all(|audience| grant.audiences.contains(audience)) {
            return Err(Problem::denied("the refresh token was given for other audiences"));
        }
        if *limits != Limits::default() && !limits.within(&grant.limits) {
            return Err(Problem::denied("the refresh token was given for less"));
        }
        grant.used = true;
        Ok(grant.clone())
    }
}

/// Exchanges the bearer, a refresh token. Both tokens are new and for what was asked for now; the
/// old one is dead.
pub(crate) fn exchange(shared: &Shared, request: &Request, parameters: &[(String, String)]) -> Result<Value, Problem> {
    let wanted: ExchangeRequest = query::read(&EXCHANGE, parameters, &[])?;
    let token = request.bearer().ok_or_else(|| Problem::unauthenticated("missing bearer token"))?;
    wanted.check_audiences()?;
    let asked = wanted.limits()?;
    let grant = shared.redeem(token, &wanted.aud, &asked)?;
    let limits = if asked == Limits::default() { grant.limits } else { asked };
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
            limits: &limits,
        })
        .map_err(Problem::internal)?;
    let refresh_token = shared.new_refresh_token(&grant.subject, &wanted.aud, &limits);
    Ok(json!({"token": {"token": session}, "refreshToken": {"token": refresh_token}}))
}
