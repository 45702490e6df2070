//! The issuer: exchanges tokens for sessions, renews sessions, publishes its keys.

mod exchange;
mod presented;
mod refresh;

use http::{Method, StatusCode};
pub(crate) use refresh::RefreshTokens;
use serde_json::{Value, json};

use crate::gateway::route::{self, Found, Route, Template};
use crate::gateway::schema::{Field, Message};
use crate::http::{Reply, Request, pairs};
use crate::log::Part;
use crate::problem::Problem;
use crate::state::Shared;

type Handler = fn(&Shared, &Request, &[(String, String)]) -> Result<Value, Problem>;

static ROUTES: &[Route<Handler>] = &[
    route(Method::POST, &["sts", "exchange"], exchange::exchange),
    route(Method::GET, &["sts", "exchange"], exchange::exchange),
    route(Method::POST, &["sts", "exchange_refresh_token"], refresh::exchange),
    route(Method::GET, &["orgcheck"], organization_check),
    route(Method::GET, &[".well-known", "openid-configuration"], discovery),
    route(Method::GET, &["oauth", "keys"], keys),
];

/// Answers a request to the issuer.
pub(crate) fn answer(shared: &Shared, request: &Request) -> Reply {
    let form = request.is_form();
    let found = match request.path() {
        Some(path) => route::find(ROUTES, &request.method, &path, form),
        None => Found::Nothing,
    };
    let result = match found {
        Found::Nothing => Err(Problem::not_found("Not Found")),
        Found::WrongMethod => Err(Problem::unimplemented("Method Not Allowed")),
        Found::Call { handler, .. } => {
            // There is no body mapping: a form's fields are parameters, a JSON body is not read.
            let mut parameters = pairs(&request.query);
            if form {
                parameters.extend(pairs(&String::from_utf8_lossy(&request.body)));
            }
            handler(shared, request, &parameters)
        }
    };
    match result {
        Ok(value) => {
            let authenticated = request.bearer().is_some();
            Reply::json(StatusCode::OK, &value).authenticated(authenticated)
        }
        Err(problem) => problem.reply(),
    }
}

fn organization_check(shared: &Shared, _: &Request, parameters: &[(String, String)]) -> Result<Value, Problem> {
    let name = parameters.iter().find(|(name, _)| name == "name").map(|(_, value)| value);
    let name = name.filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| Problem::invalid("name is required"))?;
    let world = shared.world();
    let found = world.groups.values().any(|group| group.id.is_root() && group.verified && group.name == *name);
    Ok(Value::Bool(found))
}

fn discovery(shared: &Shared, request: &Request, _: &[(String, String)]) -> Result<Value, Problem> {
    let issuer = shared.url(Part::Issuer, request.tls);
    Ok(json!({
        "issuer": issuer,
        "jwks_uri": format!("{issuer}/oauth/keys"),
        "authorization_endpoint": format!("{issuer}/oauth"),
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
    }))
}

fn keys(shared: &Shared, _: &Request, _: &[(String, String)]) -> Result<Value, Problem> {
    Ok(shared.keys.sessions.jwks())
}

const fn route(method: Method, literals: &'static [&'static str], handler: Handler) -> Route<Handler> {
    Route { method, template: Template { literals, rest: false, verb: None }, handler }
}

/// The fields both exchanges take.
static EXCHANGE: Message = Message {
    fields: &[
        Field::text("aud").repeated(),
        Field::text("scope"),
        Field::text("scopes").repeated(),
        Field::text("identity"),
        Field::text("identity_provider"),
        Field::text("cap").repeated(),
    ],
};
