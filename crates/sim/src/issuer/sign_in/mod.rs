//! Signing in with a browser: `GET /oauth` asks who it is, the answer goes where the request says.

mod finish;
mod page;
mod redirect;
mod request;

use std::sync::OnceLock;

use http::{Method, StatusCode};

use self::finish::{Decision, finish};
pub(crate) use self::request::SignIn;
use super::device::Devices;
use super::headless::HeadlessSessions;
use super::html;
use super::oidc::Oidc;
use super::one_time::OneTime;
use crate::http::{Reply, Request, pairs};
use crate::problem::Problem;
use crate::state::Shared;
use crate::world::Uidp;

/// How long a person may think before answering.
pub(crate) const PATIENCE: time::Duration = time::Duration::minutes(10);

/// Everything that is under way.
#[derive(Default)]
pub(crate) struct SignInState {
    /// Sign-ins whose page was shown.
    pending: OneTime<SignIn>,
    pub(crate) headless: HeadlessSessions,
    pub(crate) devices: Devices,
    /// The external provider that people sign in with, instead of the built-in page.
    pub(crate) oidc: Option<Oidc>,
    /// The one customer identity provider there is.
    provider: OnceLock<Uidp>,
}

impl SignInState {
    pub(crate) fn new(oidc: Option<Oidc>) -> Self {
        Self { oidc, ..Self::default() }
    }

    pub(crate) fn set_provider(&self, id: Uidp) {
        // Set once, when the simulator starts.
        let _ = self.provider.set(id);
    }

    pub(crate) fn provider(&self) -> Option<&Uidp> {
        self.provider.get()
    }

    pub(crate) fn is_provider(&self, id: &Uidp) -> bool {
        self.provider.get() == Some(id)
    }
}

/// Who signs in without being asked.
#[derive(Clone, Debug)]
pub(crate) enum Auto {
    Person(String),
    Nobody,
}

/// Answers `/oauth` and what belongs to it; `None` for all other paths.
pub(super) async fn answer(shared: &Shared, request: &Request) -> Option<Reply> {
    let result = match (&request.method, request.raw_path.as_str()) {
        (&Method::GET, "/oauth") => begin(shared, request).await,
        (&Method::POST, "/oauth/choose") => choose(shared, request),
        (&Method::GET, "/oauth/callback") => come_back(shared, request).await,
        (_, "/oauth" | "/oauth/choose" | "/oauth/callback") => {
            return Some(html::note(StatusCode::METHOD_NOT_ALLOWED, "Sign-in failed", "This is not the way to ask."));
        }
        _ => return None,
    };
    Some(result.unwrap_or_else(|problem| html::problem(&problem)))
}

async fn begin(shared: &Shared, request: &Request) -> Result<Reply, Problem> {
    let sign_in = SignIn::parse(shared, request)?;
    if let Some(oidc) = &shared.sign_in.oidc {
        let url = oidc.begin(shared, sign_in).await.map_err(Problem::unavailable)?;
        return Ok(html::redirect(StatusCode::FOUND, &url));
    }
    match &shared.options.auto {
        Some(Auto::Person(subject)) => {
            let id_token = shared.person_token(subject).map_err(Problem::internal)?;
            finish(shared, StatusCode::FOUND, &sign_in, Decision::Person(id_token))
        }
        Some(Auto::Nobody) => finish(shared, StatusCode::FOUND, &sign_in, Decision::Denied),
        None => {
            let id = shared.world().ids.hex(16);
            let page = page::choice(&id, &sign_in);
            shared.sign_in.pending.put(id, sign_in, shared.now() + PATIENCE);
            Ok(page)
        }
    }
}

/// `POST /oauth/choose`: what the person chose on the page.
fn choose(shared: &Shared, request: &Request) -> Result<Reply, Problem> {
    if !request.is_form() {
        return Err(Problem::invalid("a form is expected"));
    }
    let fields = pairs(&String::from_utf8_lossy(&request.body));
    let decision = match chosen(&fields)? {
        Some(subject) => Decision::Person(shared.person_token(subject).map_err(Problem::internal)?),
        None => Decision::Denied,
    };
    let id = field(&fields, "request").unwrap_or_default();
    let sign_in = shared.sign_in.pending.take(id, shared.now());
    let sign_in = sign_in.ok_or_else(|| Problem::invalid("this sign-in is over; begin again"))?;
    finish(shared, StatusCode::SEE_OTHER, &sign_in, decision)
}

/// `GET /oauth/callback`: the external provider's answer.
async fn come_back(shared: &Shared, request: &Request) -> Result<Reply, Problem> {
    let oidc = shared.sign_in.oidc.as_ref().ok_or_else(|| Problem::not_found("people sign in here"))?;
    let (sign_in, id_token) = oidc.come_back(shared, &pairs(&request.query)).await?;
    let decision = id_token.map_or(Decision::Denied, Decision::Person);
    finish(shared, StatusCode::FOUND, &sign_in, decision)
}

/// Reads a form's answer: somebody the page offers, or `None` for a refusal.
pub(super) fn chosen(fields: &[(String, String)]) -> Result<Option<&'static str>, Problem> {
    match (field(fields, "as"), field(fields, "deny")) {
        (Some(name), None) => crate::seed::people()
            .find(|subject| *subject == name)
            .map(Some)
            .ok_or_else(|| Problem::invalid("there is nobody of this name")),
        (None, Some(_)) => Ok(None),
        _ => Err(Problem::invalid("somebody or nobody must be chosen")),
    }
}

pub(super) fn field<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    fields.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
}

pub(super) use self::page::buttons;
