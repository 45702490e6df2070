//! The platform API: who calls, what they may, and the table of calls.

mod call;
mod entitlements;
mod filter;
mod groups;
mod identities;
mod identities_v2;
mod identity_message;
mod identity_rules;
mod page;
mod role_bindings;
mod role_bindings_v2;
mod roles;
mod routes;
mod schema;
mod who_am_i;

use http::StatusCode;

use self::call::Call;
use crate::gateway::route::{self, Found};
use crate::http::{Reply, Request, pairs};
use crate::problem::Problem;
use crate::state::Shared;

/// Answers a request to the API.
pub(crate) fn answer(shared: &Shared, request: &Request) -> Reply {
    let caller = call::identify(shared, request);
    let authenticated = caller.is_ok();
    let result = route_and_call(shared, request, caller);
    let reply = match result {
        Ok(value) => Reply::json(StatusCode::OK, &value),
        Err(problem) => problem.reply(),
    };
    reply.authenticated(authenticated)
}

fn route_and_call(
    shared: &Shared,
    request: &Request,
    caller: Result<call::Caller, Problem>,
) -> Result<serde_json::Value, Problem> {
    let path = request.path().ok_or_else(|| Problem::invalid("Bad Request"))?;
    let hidden = shared.options.without_v2 && path.starts_with("/iam/v2/");
    let form = request.is_form();
    match route::find(routes::ROUTES, &request.method, &path, form) {
        _ if hidden => Err(Problem::not_found("Not Found")),
        Found::Nothing => Err(Problem::not_found("Not Found")),
        Found::WrongMethod => Err(Problem::unimplemented("Method Not Allowed")),
        Found::Call { handler, rest } => {
            let mut query = pairs(&request.query);
            if form {
                query.extend(pairs(&String::from_utf8_lossy(&request.body)));
            }
            let mut call =
                Call { shared, world: shared.world(), now: shared.now(), caller, rest, query, body: &request.body };
            handler(&mut call)
        }
    }
}
