//! The table of calls.

use http::Method;
use serde_json::Value;

use super::call::Call;
use super::{entitlements, groups, identities, identities_v2, role_bindings, role_bindings_v2, roles, who_am_i};
use crate::gateway::route::{Route, Template};
use crate::problem::Problem;

pub(crate) type Handler = fn(&mut Call<'_>) -> Result<Value, Problem>;

pub(crate) static ROUTES: &[Route<Handler>] = &[
    exact(Method::GET, &["auth", "v1", "ok"], who_am_i::get),
    exact(Method::GET, &["iam", "v1", "groups"], groups::list),
    rest(Method::POST, &["iam", "v1", "groups"], groups::create),
    rest(Method::PUT, &["iam", "v1", "groups"], groups::update),
    rest(Method::DELETE, &["iam", "v1", "groups"], groups::delete),
    exact(Method::GET, &["iam", "v1", "roles"], roles::list),
    rest(Method::POST, &["iam", "v1", "roles"], roles::create),
    rest(Method::PUT, &["iam", "v1", "roles"], roles::update),
    rest(Method::DELETE, &["iam", "v1", "roles"], roles::delete),
    exact(Method::GET, &["iam", "v1", "identities"], identities::list),
    exact(Method::GET, &["iam", "v1", "identities", "lookup"], identities::lookup),
    rest(Method::POST, &["iam", "v1", "identities"], identities::create),
    rest(Method::PUT, &["iam", "v1", "identities"], identities::update),
    rest(Method::DELETE, &["iam", "v1", "identities"], identities::delete),
    exact(Method::GET, &["iam", "v1", "rolebindings"], role_bindings::list),
    rest(Method::POST, &["iam", "v1", "rolebindings"], role_bindings::create),
    rest(Method::PUT, &["iam", "v1", "rolebindings"], role_bindings::update),
    rest(Method::DELETE, &["iam", "v1", "rolebindings"], role_bindings::delete),
    exact(Method::GET, &["libraries", "v1", "entitlements"], entitlements::list),
    rest(Method::POST, &["libraries", "v1", "entitlements"], entitlements::create),
    rest(Method::DELETE, &["libraries", "v1", "entitlements"], entitlements::delete),
    exact(Method::GET, &["iam", "v2", "identities"], identities_v2::list),
    verb(Method::GET, &["iam", "v2", "identities"], "lookupIdentity", identities_v2::lookup),
    rest(Method::GET, &["iam", "v2", "identities"], identities_v2::get),
    rest(Method::POST, &["iam", "v2", "identities"], identities_v2::create),
    rest(Method::PATCH, &["iam", "v2", "identities"], identities_v2::update),
    rest(Method::DELETE, &["iam", "v2", "identities"], identities_v2::delete),
    exact(Method::GET, &["iam", "v2", "roleBindings"], role_bindings_v2::list),
    rest(Method::GET, &["iam", "v2", "roleBindings"], role_bindings_v2::get),
    verb(Method::POST, &["iam", "v2", "roleBindings"], "batchCreate", not_played),
    rest(Method::POST, &["iam", "v2", "roleBindings"], role_bindings_v2::create),
    rest(Method::PATCH, &["iam", "v2", "roleBindings"], role_bindings_v2::update),
    rest(Method::DELETE, &["iam", "v2", "roleBindings"], role_bindings_v2::delete),
];

/// Calls that the platform has and no client of ours makes.
fn not_played(call: &mut Call<'_>) -> Result<Value, Problem> {
    call.caller()?;
    Err(Problem::unimplemented("the simulator does not play this call"))
}

const fn exact(method: Method, literals: &'static [&'static str], handler: Handler) -> Route<Handler> {
    Route { method, template: Template { literals, rest: false, verb: None }, handler }
}

const fn rest(method: Method, literals: &'static [&'static str], handler: Handler) -> Route<Handler> {
    Route { method, template: Template { literals, rest: true, verb: None }, handler }
}

const fn verb(
    method: Method,
    literals: &'static [&'static str],
    verb: &'static str,
    handler: Handler,
) -> Route<Handler> {
    Route { method, template: Template { literals, rest: false, verb: Some(verb) }, handler }
}
