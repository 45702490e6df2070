//! An external OpenID Connect provider that people sign in with.
//!
//! It is discovered when it is first needed, so that it may be started after the simulator, whose
//! callback it has to know: `ISSUER/oauth/callback`. The simulator is a public client with PKCE.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Url;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::one_time::OneTime;
use super::sign_in::{PATIENCE, SignIn, field};
use crate::jose::{PublicKeys, Token};
use crate::problem::Problem;
use crate::state::Shared;

/// How long the provider may take to answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The provider, and the sign-ins that are with it.
pub(crate) struct Oidc {
    url: String,
    /// Whom its ID tokens may be for; the first is the simulator itself.
    clients: Vec<String>,
    http: reqwest::Client,
    discovered: Mutex<Option<Arc<Discovered>>>,
    away: OneTime<Away>,
}

/// What the provider says of itself.
#[derive(Debug, Deserialize)]
pub(crate) struct Discovered {
    issuer: String,
    authorization_endpoint: String,
    pub(crate) token_endpoint: String,
    jwks_uri: String,
    pub(crate) device_authorization_endpoint: Option<String>,
}

/// A sign-in that is with the provider.
struct Away {
    sign_in: SignIn,
    nonce: String,
    verifier: String,
}

#[derive(Deserialize)]
struct TokenAnswer {
    id_token: Option<String>,
}

impl Oidc {
    /// `url` is the provider's issuer: https, or http on loopback.
    pub(crate) fn new(url: &str, clients: Vec<String>) -> Result<Self, String> {
        let parsed = Url::parse(url).map_err(|error| format!("{url}: {error}"))?;
        let loopback = matches!(parsed.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        if parsed.scheme() != "https" && !(parsed.scheme() == "http" && loopback) {
            return Err(format!("{url}: an https URL is needed, or http on this machine"));
        }
        let mut http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(TIMEOUT);
        if loopback {
            http = http.no_proxy();
        }
        let http = http.build().map_err(|error| error.to_string())?;
        let url = url.trim_end_matches('/').to_owned();
        Ok(Self { url, clients, http, discovered: Mutex::default(), away: OneTime::default() })
    }

    pub(crate) fn is_issuer(&self, issuer: &str) -> bool {
        issuer.trim_end_matches('/') == self.url
    }

    pub(crate) fn is_client(&self, audience: &str) -> bool {
        self.clients.iter().any(|client| client == audience)
    }

    /// The provider's endpoints. A failure is not remembered.
    pub(crate) async fn discover(&self) -> Result<Arc<Discovered>, String> {
        if let Some(known) = self.discovered.lock().unwrap_or_else(PoisonError::into_inner).clone() {
            return Ok(known);
        }
        let found: Discovered = self.get(&format!("{}/.well-known/openid-configuration", self.url)).await?;
        if !self.is_issuer(&found.issuer) {
            return Err(format!("{} calls itself {}", self.url, found.issuer));
        }
        let found = Arc::new(found);
        *self.discovered.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&found));
        Ok(found)
    }

    /// Fetches the provider's keys if a token is said to be its, and signed by one not known yet.
    pub(crate) async fn learn_keys_for(&self, shared: &Shared, token: &str) -> Result<(), String> {
        let Some(token) = Token::parse(token).filter(|token| self.is_issuer(token.unverified().issuer())) else {
            return Ok(());
        };
        let provider = self.discover().await?;
        let known = {
            let trusted = shared.trusted.lock().unwrap_or_else(PoisonError::into_inner);
            trusted.get(&provider.issuer).is_some_and(|keys| keys.has_key_for(token.header()))
        };
        if !known {
            let keys: serde_json::Value = self.get(&provider.jwks_uri).await?;
            let keys = PublicKeys::parse_published(&keys.to_string())?;
            let mut trusted = shared.trusted.lock().unwrap_or_else(PoisonError::into_inner);
            trusted.insert(provider.issuer.clone(), keys);
        }
        Ok(())
    }

    /// Where the browser goes to sign in.
    pub(super) async fn begin(&self, shared: &Shared, sign_in: SignIn) -> Result<String, String> {
        let provider = self.discover().await?;
        let mut url = Url::parse(&provider.authorization_endpoint).map_err(|error| error.to_string())?;
        let (state, nonce, verifier) = {
            let mut world = shared.world();
            (world.ids.hex(16), world.ids.hex(16), world.ids.hex(32))
        };
        let challenge = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()));
        url.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", self.client()),
            ("redirect_uri", &callback(&sign_in)),
            ("scope", "openid email"),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        self.away.put(state, Away { sign_in, nonce, verifier }, shared.now() + PATIENCE);
        Ok(url.into())
    }

    /// The sign-in that comes back and the ID token it brings; `None` where the person refused.
    pub(super) async fn come_back(
        &self,
        shared: &Shared,
        answer: &[(String, String)],
    ) -> Result<(SignIn, Option<String>), Problem> {
        let away = field(answer, "state").and_then(|state| self.away.take(state, shared.now()));
        let away = away.ok_or_else(|| Problem::invalid("this sign-in is over; begin again"))?;
        if field(answer, "iss").is_some_and(|issuer| !self.is_issuer(issuer)) {
            return Err(Problem::invalid("the answer is another provider's"));
        }
        match (field(answer, "code"), field(answer, "error")) {
            (_, Some("access_denied")) => Ok((away.sign_in, None)),
            (_, Some(error)) => Err(Problem::invalid(format!("the identity provider refused: {error}"))),
            (None, None) => Err(Problem::invalid("the identity provider gave no code")),
            (Some(code), None) => {
                let id_token = self.redeem(code, &away).await.map_err(Problem::unavailable)?;
                self.learn_keys_for(shared, &id_token).await.map_err(Problem::unavailable)?;
                self.check(shared, &id_token, &away.nonce).map_err(Problem::unauthenticated)?;
                Ok((away.sign_in, Some(id_token)))
            }
        }
    }

    /// Exchanges an authorization code for an ID token.
    async fn redeem(&self, code: &str, away: &Away) -> Result<String, String> {
        let provider = self.discover().await?;
        let callback = callback(&away.sign_in);
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &callback),
            ("client_id", self.client()),
            ("code_verifier", &away.verifier),
        ];
        let body = form_urlencoded(&form);
        let request = self
            .http
            .post(&provider.token_endpoint)
            .header(http::header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body);
        let answer: TokenAnswer = read(request).await?;
        answer.id_token.ok_or_else(|| "the identity provider gave no ID token".to_owned())
    }

    /// Whether an ID token is the one that was asked for.
    fn check(&self, shared: &Shared, id_token: &str, nonce: &str) -> Result<(), String> {
        let claims = shared.check_id_token(id_token)?;
        let asked_for = self.is_issuer(claims.issuer())
            && claims.audiences().contains(&self.client())
            && claims.text("nonce") == Some(nonce);
        if asked_for { Ok(()) } else { Err("the ID token is not the one asked for".to_owned()) }
    }

    fn client(&self) -> &str {
        self.clients.first().map_or("", String::as_str)
    }

    async fn get<T: DeserializeOwned>(&self, url: &str) -> Result<T, String> {
        read(self.http.get(url)).await
    }
}

/// Where the provider sends the browser back to.
fn callback(sign_in: &SignIn) -> String {
    format!("{}/oauth/callback", sign_in.issuer)
}

fn form_urlencoded(pairs: &[(&str, &str)]) -> String {
    // A URL's query is written as a form is.
    let url = Url::parse_with_params("http://localhost/", pairs);
    url.ok().and_then(|url| url.query().map(str::to_owned)).unwrap_or_default()
}

async fn read<T: DeserializeOwned>(request: reqwest::RequestBuilder) -> Result<T, String> {
    let failed = |error: reqwest::Error| format!("the identity provider does not answer: {error}");
    let answer = request.send().await.map_err(failed)?;
    let status = answer.status();
    let body = answer.bytes().await.map_err(failed)?;
    if !status.is_success() {
        return Err(format!("the identity provider answers {status}: {}", String::from_utf8_lossy(&body)));
    }
    serde_json::from_slice(&body).map_err(|error| format!("the identity provider answers nonsense: {error}"))
}
