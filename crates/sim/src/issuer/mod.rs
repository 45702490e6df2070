//! The issuer: signs people in, exchanges tokens for sessions, renews sessions, publishes its keys.

mod device;
mod discovery;
mod exchange;
mod headless;
pub(crate) mod html;
mod oidc;
mod one_time;
mod presented;
mod refresh;
mod session;
mod sign_in;

use http::{Method, StatusCode};
pub(crate) use oidc::Oidc;
pub(crate) use refresh::RefreshTokens;
use serde_json::Value;
pub(crate) use sign_in::{Auto, SignInState};

use crate::gateway::route::{self, Found, Route, Template};
use crate::gateway::schema::{Field, Message};
use crate::http::{Reply, Request, pairs};
use crate::problem::Problem;
use crate::state::Shared;

type Handler = fn(&Shared, &Request, &[(String, String)]) -> Result<Value, Problem>;

static ROUTES: &[Route<Handler>] = &[
    route(Method::POST, &["sts", "exchange"], exchange::exchange),
    route(Method::GET, &["sts", "exchange"], exchange::exchange),
    route(Method::POST, &["sts", "exchange_refresh_token"], refresh::exchange),
    route(Method::GET, &["sts", "headless_sessions"], headless::fetch),
    route(Method::GET, &["orgcheck"], organization_check),
];

/// Answers a request to the issuer.
pub(crate) async fn answer(shared: &Shared, request: &Request) -> Reply {
    if let Some(reply) = sign_in::answer(shared, request).await {
        return reply;
    }
    if let Some(reply) = device::answer(shared, request) {
        return reply;
    }
    if let Some(reply) = discovery::answer(shared, request).await {
        return reply;
    }
    if let (Some(oidc), Some(token)) = (&shared.sign_in.oidc, request.bearer())
        && let Err(reason) = oidc.learn_keys_for(shared, token).await
    {
        return Problem::unavailable(reason).reply();
    }
    call(shared, request)
}

/// Answers a call of the gateway.
fn call(shared: &Shared, request: &Request) -> Reply {
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
    Ok(Value::Bool(shared.is_verified(name)))
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
