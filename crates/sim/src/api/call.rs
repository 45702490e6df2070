//! One call: its caller and what the caller may do.

use std::sync::MutexGuard;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use time::OffsetDateTime;

use crate::gateway::json::{self, Style};
use crate::gateway::query;
use crate::gateway::schema::Message;
use crate::http::Request;
use crate::jose::Claims;
use crate::limits::Limits;
use crate::problem::Problem;
use crate::state::Shared;
use crate::world::{Uidp, World};

/// Somebody with a valid session for the API.
pub(crate) struct Caller {
    pub(crate) id: Uidp,
    pub(crate) claims: Claims,
    limits: Limits,
}

/// Finds out who sent a request.
pub(crate) fn identify(shared: &Shared, request: &Request) -> Result<Caller, Problem> {
    let token = request.bearer().ok_or_else(|| Problem::unauthenticated("missing bearer token"))?;
    let session = shared
        .check_session(token, &shared.api_audiences())
        .map_err(|reason| Problem::unauthenticated(format!("invalid bearer token: {reason}")))?;
    let world = shared.world();
    let known = world.users.contains_key(&session.subject)
        || world.identity(&session.subject).is_some_and(|it| !it.is_expired(shared.now()));
    if !known {
        return Err(Problem::unauthenticated("invalid bearer token: its identity does not exist or is expired"));
    }
    Ok(Caller { id: session.subject, claims: session.claims, limits: session.limits })
}

/// A call while it is answered. It holds the world, so calls are answered one after another.
pub(crate) struct Call<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) world: MutexGuard<'a, World>,
    pub(crate) now: OffsetDateTime,
    pub(crate) caller: Result<Caller, Problem>,
    /// What stands for `{…=**}` in the path.
    pub(crate) rest: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: &'a [u8],
}

impl Call<'_> {
    /// Reads the query as a message, without the fields that path and body hold.
    pub(crate) fn query<T: DeserializeOwned>(
        &self,
        message: &'static Message,
        elsewhere: &[&str],
    ) -> Result<T, Problem> {
        query::read(message, &self.query, elsewhere)
    }

    /// Reads the body as a message.
    pub(crate) fn body<T: DeserializeOwned + Default>(&self, message: &'static Message) -> Result<T, Problem> {
        json::read(message, self.body)
    }

    /// Writes the answer.
    pub(crate) fn answer<T: Serialize>(&self, message: &'static Message, value: &T) -> Result<Value, Problem> {
        let options = &self.shared.options;
        let style = Style { unset: options.write_unset_fields, unknown: options.unknown_fields };
        json::write(message, value, style)
    }

    /// The caller; refused without a valid session. To be asked after reading the request, which
    /// the gateway does before anybody looks at the token.
    pub(crate) fn caller(&self) -> Result<&Caller, Problem> {
        self.caller.as_ref().map_err(Clone::clone)
    }

    /// The identifier in the path. An empty one means the root, where nobody may do anything.
    pub(crate) fn target(&self) -> Result<Uidp, Problem> {
        self.caller()?;
        if self.rest.is_empty() || self.rest == "/" {
            return Err(Problem::denied("permission denied at the root"));
        }
        Uidp::parse(&self.rest).ok_or_else(|| Problem::invalid(format!("{:?} is not a valid UIDP", self.rest)))
    }

    /// Refuses unless the caller holds `capability` at `place`.
    pub(crate) fn require(&self, capability: &str, place: &Uidp) -> Result<(), Problem> {
        if within(&self.scopes(capability)?, place) {
            return Ok(());
        }
        Err(Problem::denied(format!("{} lacks capability {capability} at {place}", self.caller()?.id)))
    }

    /// Whether the session may use all that its holder has.
    pub(crate) fn is_unlimited(&self) -> bool {
        self.caller.as_ref().is_ok_and(|caller| caller.limits == Limits::default())
    }

    /// The groups at and below which the caller holds `capability`: lists show nothing else.
    pub(crate) fn scopes(&self, capability: &str) -> Result<Vec<Uidp>, Problem> {
        let caller = self.caller()?;
        Ok(caller.limits.narrow(capability, self.world.scopes(&caller.id, capability)))
    }
}

/// Whether one of the groups is `id` or above it.
pub(crate) fn within(scopes: &[Uidp], id: &Uidp) -> bool {
    scopes.iter().any(|scope| id.is_at_or_below(scope))
}
