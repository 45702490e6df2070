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
use crate::problem::Problem;
use crate::state::Shared;
use crate::world::{Uidp, World};

/// Somebody with a valid session for the API.
pub(crate) struct Caller {
    pub(crate) id: Uidp,
    pub(crate) claims: Claims,
    /// The only capabilities the session may use; empty for all its holder has.
    limited_to: Vec<String>,
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
    let limited_to = session.claims.texts("cap").into_iter().map(str::to_owned).collect();
    Ok(Caller { id: session.subject, claims: session.claims, limited_to })
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
        let caller = self.caller()?;
        if caller.may_use(capability) && self.world.holds(&caller.id, capability, place) {
            Ok(())
        } else {
            Err(Problem::denied(format!("{} lacks capability {capability} at {place}", caller.id)))
        }
    }

    /// The groups at and below which the caller holds `capability`: lists show nothing else.
    pub(crate) fn scopes(&self, capability: &str) -> Result<Vec<Uidp>, Problem> {
        let caller = self.caller()?;
        if !caller.may_use(capability) {
            return Ok(Vec::new());
        }
        Ok(self.world.scopes(&caller.id, capability))
    }
}

impl Caller {
    fn may_use(&self, capability: &str) -> bool {
        self.limited_to.is_empty() || self.limited_to.iter().any(|allowed| allowed == capability)
    }
}

/// Whether one of the groups is `id` or above it.
pub(crate) fn within(scopes: &[Uidp], id: &Uidp) -> bool {
    scopes.iter().any(|scope| id.is_at_or_below(scope))
}
