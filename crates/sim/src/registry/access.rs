//! Who may pull libraries of an ecosystem.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};

use crate::http::{Reply, Request};
use crate::limits::Limits;
use crate::state::Shared;
use crate::world::roles::{ECOSYSTEMS, pull_capability};
use crate::world::{Uidp, World};

/// The audience of a session for the registry.
const AUDIENCE: &str = "libraries.cgr.dev";

/// What an organisation's entitlement lets through.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Policy {
    BuiltHere,
    BuiltHereAndUpstream,
}

/// Somebody who may pull.
pub(crate) struct Puller {
    pub(crate) name: String,
    pub(crate) policy: Policy,
}

/// A refusal, and whether the credential itself was good.
pub(crate) struct Refusal {
    status: StatusCode,
    message: String,
}

impl Refusal {
    fn unauthorized(message: impl Into<String>) -> Self {
        Self { status: StatusCode::UNAUTHORIZED, message: message.into() }
    }

    fn forbidden(message: impl Into<String>) -> Self {
        Self { status: StatusCode::FORBIDDEN, message: message.into() }
    }

    pub(crate) fn reply(&self) -> Reply {
        let reply = super::error(self.status, &self.message);
        if self.status == StatusCode::UNAUTHORIZED {
            reply.with(WWW_AUTHENTICATE, "Basic realm=\"libraries.cgr.dev\"")
        } else {
            reply.authenticated(true)
        }
    }
}

/// Checks the request's credential, role and entitlement for an ecosystem (`javascript`).
pub(crate) fn authorize(shared: &Shared, request: &Request, ecosystem: &str) -> Result<Puller, Refusal> {
    let (subject, limits) = match credential(request)? {
        Credential::Session(token) => session(shared, &token)?,
        Credential::PullToken { id, token } => (pull_token(shared, &id, &token)?, Limits::default()),
    };
    let world = shared.world();
    let number = ECOSYSTEMS.iter().find(|(name, ..)| *name == ecosystem).map_or(0, |(_, _, number)| *number);
    let capability = pull_capability(ecosystem);
    let scopes = limits.narrow(&capability, world.scopes(&subject, &capability));
    if scopes.is_empty() {
        return Err(Refusal::forbidden(format!(
            "{} does not hold role libraries.{ecosystem}.pull",
            name_of(&world, &subject)
        )));
    }
    let entitlement = scopes.iter().find_map(|scope| world.entitlement(&scope.root(), number));
    let Some(entitlement) = entitlement else {
        return Err(Refusal::forbidden(format!("the organization is not entitled to {ecosystem} libraries")));
    };
    let policy = if entitlement.policy == 2 { Policy::BuiltHereAndUpstream } else { Policy::BuiltHere };
    Ok(Puller { name: name_of(&world, &subject), policy })
}

enum Credential {
    Session(String),
    PullToken { id: Uidp, token: String },
}

fn credential(request: &Request) -> Result<Credential, Refusal> {
    let header = request.header(AUTHORIZATION).ok_or_else(|| Refusal::unauthorized("authentication required"))?;
    let unreadable = || Refusal::unauthorized("the Authorization header cannot be read");
    let (scheme, value) = header.split_once(' ').ok_or_else(unreadable)?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Ok(Credential::Session(value.trim().to_owned()));
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(unreadable());
    }
    let decoded = STANDARD.decode(value.trim()).map_err(|_| unreadable())?;
    let decoded = String::from_utf8(decoded).map_err(|_| unreadable())?;
    let (user, token) = decoded.split_once(':').ok_or_else(unreadable)?;
    if user == "_token" || user == "token-user" {
        return Ok(Credential::Session(token.to_owned()));
    }
    // In a URL a slash cannot stand in a user name; there it is written as an underscore.
    let id =
        Uidp::parse(&user.replace('_', "/")).ok_or_else(|| Refusal::unauthorized("the username is no identity"))?;
    Ok(Credential::PullToken { id, token: token.to_owned() })
}

fn session(shared: &Shared, token: &str) -> Result<(Uidp, Limits), Refusal> {
    let session = shared.check_session(token, &[AUDIENCE]).map_err(Refusal::unauthorized)?;
    let world = shared.world();
    let alive = world.users.contains_key(&session.subject)
        || world.identity(&session.subject).is_some_and(|it| !it.is_expired(shared.now()));
    if alive {
        Ok((session.subject, session.limits))
    } else {
        Err(Refusal::unauthorized("the session's identity does not exist or is expired"))
    }
}

fn pull_token(shared: &Shared, id: &Uidp, token: &str) -> Result<Uidp, Refusal> {
    let identity = shared.world().identity(id).cloned();
    let keys = identity
        .as_ref()
        .and_then(|identity| identity.static_keys())
        .ok_or_else(|| Refusal::unauthorized("there is no such pull token"))?;
    shared.check_static(keys, token).map_err(Refusal::unauthorized)?;
    shared.world().seen(id, shared.now());
    Ok(id.clone())
}

fn name_of(world: &World, subject: &Uidp) -> String {
    let person = world.users.get(subject).map(|user| user.email.clone());
    person.unwrap_or_else(|| subject.to_string())
}
