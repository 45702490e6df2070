//! What the issuer says of itself to OpenID Connect clients.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::device;
use crate::http::{Reply, Request};
use crate::log::Part;
use crate::problem::Problem;
use crate::state::Shared;

/// Answers requests for the discovery document and the keys; `None` for all others.
pub(super) async fn answer(shared: &Shared, request: &Request) -> Option<Reply> {
    let get = request.method == Method::GET;
    let result = match request.raw_path.as_str() {
        "/.well-known/openid-configuration" if get => document(shared, request).await,
        "/oauth/keys" if get => Ok(keys(shared)),
        "/.well-known/openid-configuration" | "/oauth/keys" => Err(Problem::unimplemented("Method Not Allowed")),
        _ => return None,
    };
    Some(match result {
        Ok(value) => Reply::json(StatusCode::OK, &value),
        Err(problem) => problem.reply(),
    })
}

/// Device codes are the external provider's business, if there is one and it knows of them.
async fn document(shared: &Shared, request: &Request) -> Result<Value, Problem> {
    let issuer = shared.url(Part::Issuer, request.tls);
    let mut document = json!({
        "issuer": issuer,
        "jwks_uri": format!("{issuer}/oauth/keys"),
        "authorization_endpoint": format!("{issuer}/oauth"),
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "scopes_supported": ["openid", "email"],
        "token_endpoint_auth_methods_supported": ["none"],
    });
    let endpoints = match &shared.sign_in.oidc {
        None => Some((format!("{issuer}/oauth/device/code"), format!("{issuer}/oauth/token"))),
        Some(oidc) => {
            let provider = oidc.discover().await.map_err(Problem::unavailable)?;
            let device = provider.device_authorization_endpoint.clone();
            device.map(|device| (device, provider.token_endpoint.clone()))
        }
    };
    if let Some((device, token)) = endpoints {
        document["device_authorization_endpoint"] = Value::String(device);
        document["token_endpoint"] = Value::String(token);
        document["grant_types_supported"] = json!([device::GRANT]);
    }
    Ok(document)
}

/// The keys of sessions, then those of the ID tokens given for device codes.
fn keys(shared: &Shared) -> Value {
    let sets = [shared.keys.sessions.jwks(), shared.keys.provider.jwks()];
    let keys: Vec<Value> = sets.iter().filter_map(|set| set["keys"].as_array()).flatten().cloned().collect();
    json!({ "keys": keys })
}
