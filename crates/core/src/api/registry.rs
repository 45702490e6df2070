//! The libraries registry: one request tells whether a credential opens an ecosystem.

use serde::Serialize;

use super::reader::{Message, Parts, Read, parsed};
use crate::base_url::BaseUrl;
use crate::credentials::Credentials;
use crate::ecosystem::Ecosystem;
use crate::error::{Error, ErrorCode, Result};
use crate::http::{Authorization, Method, Request, Response};
use crate::text::printable_prefix;
use crate::uidp::Uidp;

/// What the registry said to a credential.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct AccessReport {
    /// Whether it lets the credential in.
    pub allowed: bool,
    /// The HTTP status.
    pub status: u16,
    /// Why not; `unauthenticated`, `permission_denied`, `already_exists` for a blocked package, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<ErrorCode>,
    /// What it said, one line.
    pub message: String,
    /// What to do next; empty where nothing is to be done.
    pub hint: String,
}

/// Asks for the smallest thing behind the gate: npm's ping, Python's index, Java's root.
///
/// # Errors
/// `usage` for an ecosystem that another registry serves.
pub fn request(registry: &BaseUrl, ecosystem: Ecosystem, credentials: &Credentials) -> Result<Request> {
    let Some(base) = ecosystem.registry_paths().next() else {
        let message = format!("{ecosystem} is not served by the libraries registry");
        return Err(Error::new(ErrorCode::Usage, message).with_hint("name a libraries ecosystem such as javascript"));
    };
    let url = registry.join(&format!("{base}{}", asked_for(ecosystem)));
    Ok(Request { method: Method::Get, url, authorization: Authorization::Basic(credentials.basic()), body: None })
}

/// What is asked for below the repository.
fn asked_for(ecosystem: Ecosystem) -> &'static str {
    match ecosystem {
        Ecosystem::JavaScript | Ecosystem::JavaScriptAthena => "-/ping",
        Ecosystem::Python | Ecosystem::PythonAthena => "simple/",
        _ => "",
    }
}

/// Explains the answer.
///
/// # Errors
/// `rate_limited` and `server_error`, which say nothing of the credential.
pub fn parse(response: &Response, ecosystem: Ecosystem, credentials: &Credentials) -> Result<AccessReport> {
    let status = response.status;
    let said = said(response);
    let refused = |code: ErrorCode, hint: String| {
        let message = said.clone().unwrap_or_else(|| format!("the registry answered {status} without an explanation"));
        AccessReport { allowed: false, status, code: Some(code), message, hint }
    };
    let allowed = || AccessReport {
        allowed: true,
        status,
        code: None,
        message: format!("the registry lets these credentials pull {ecosystem}"),
        hint: String::new(),
    };
    Ok(match status {
        200..=299 => allowed(),
        // Nothing at the root is an answer too: whoever is not let in never hears it.
        404 if asked_for(ecosystem).is_empty() => allowed(),
        300..=399 => refused(
            ErrorCode::UnexpectedResponse,
            "check the registry's URL, and that no proxy or sign-in page stands in between".into(),
        ),
        401 => refused(ErrorCode::Unauthenticated, unauthenticated_hint(ecosystem)),
        403 => refused(ErrorCode::PermissionDenied, denied_hint(ecosystem, credentials)),
        409 => {
            refused(ErrorCode::AlreadyExists, "the whole package is blocked: choose another, or ask the vendor".into())
        }
        429 => return Err(error(ErrorCode::RateLimited, response, &said)),
        500.. => return Err(error(ErrorCode::ServerError, response, &said)),
        _ => refused(ErrorCode::UnexpectedResponse, "check the registry's URL".into()),
    })
}

fn unauthenticated_hint(ecosystem: Ecosystem) -> String {
    format!(
        "the token has expired, was deleted or was copied wrongly: make a new one with pulltoken create --repository {ecosystem}"
    )
}

/// A 403 does not say which of role and entitlement is missing; these commands do.
fn denied_hint(ecosystem: Ecosystem, credentials: &Credentials) -> String {
    let role = ecosystem.role();
    let entitlement = ecosystem.entitlement().unwrap_or_default();
    match Uidp::parse(&credentials.username) {
        Ok(id) => format!(
            "it takes the organisation's entitlement {entitlement} (pulltoken entitlements list --parent {}) and the token's role {role} (pulltoken list -o wide); an owner can give either: pulltoken set-role {id} --repository {ecosystem}",
            id.root()
        ),
        Err(_) => format!(
            "it takes the organisation's entitlement {entitlement} and the role {role}; an owner can give either"
        ),
    }
}

/// `{"error": "…"}`, on one line.
fn said(response: &Response) -> Option<String> {
    struct Body(String);

    impl Message for Body {
        fn of(parts: &mut Parts<'_>) -> Read<Self> {
            parts.needed_text(&["error"]).map(Self)
        }
    }

    parsed(&response.body).map(|Body(error)| printable_prefix(&error, 300))
}

fn error(code: ErrorCode, response: &Response, said: &Option<String>) -> Error {
    let what =
        said.clone().unwrap_or_else(|| format!("the registry answered {} without an explanation", response.status));
    Error::new(code, format!("ask the registry: {what}")).with_answer(response.status, response.request_id.clone())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{ORG, answer};
    use super::*;
    use crate::secret::Secret;
    use serde_json::json;

    fn pair() -> Credentials {
        Credentials::new(format!("{ORG}/0011223344556677"), Secret::new("hunter2"))
    }

    #[test]
    fn the_smallest_thing_is_asked_for() {
        let registry = BaseUrl::parse("https://libraries.cgr.dev").unwrap();
        let url = |ecosystem| request(&registry, ecosystem, &pair()).map(|request| request.url);
        assert_eq!(url(Ecosystem::JavaScript).unwrap(), "https://libraries.cgr.dev/javascript/-/ping");
        assert_eq!(url(Ecosystem::Python).unwrap(), "https://libraries.cgr.dev/python/simple/");
        assert_eq!(url(Ecosystem::Java).unwrap(), "https://libraries.cgr.dev/java/");
        assert_eq!(url(Ecosystem::Oci).unwrap_err().code(), ErrorCode::Usage);
        assert!(!format!("{:?}", request(&registry, Ecosystem::Java, &pair()).unwrap()).contains("hunter2"));
    }

    #[test]
    fn each_refusal_has_its_next_step() {
        let of = |status, body| parse(&answer(status, &body), Ecosystem::Java, &pair());
        assert!(of(200, json!({})).unwrap().allowed && of(404, json!({"error": "not found"})).unwrap().allowed);
        // npm's ping is always there, and a page to sign in on lets nobody in.
        for (status, ecosystem) in [(404, Ecosystem::JavaScript), (302, Ecosystem::Java)] {
            let refused = parse(&answer(status, &json!({})), ecosystem, &pair()).unwrap();
            assert_eq!((refused.allowed, refused.code), (false, Some(ErrorCode::UnexpectedResponse)));
        }
        let denied = of(403, json!({"error": "no\nentitlement"})).unwrap();
        assert_eq!((denied.allowed, denied.message.as_str()), (false, r"no\u{a}entitlement"));
        assert!(
            denied.hint.contains("libraries.java.pull") && denied.hint.contains(&format!("--parent {ORG}")),
            "{}",
            denied.hint
        );
        let unknown = of(401, json!("x")).unwrap();
        assert_eq!(unknown.code, Some(ErrorCode::Unauthenticated));
        assert_eq!(unknown.message, "the registry answered 401 without an explanation");
        assert_eq!(of(409, json!({"error": "blocked"})).unwrap().code, Some(ErrorCode::AlreadyExists));
        assert_eq!(of(429, json!({})).unwrap_err().code(), ErrorCode::RateLimited);
        assert_eq!(of(503, json!({})).unwrap_err().code(), ErrorCode::ServerError);
    }
}
