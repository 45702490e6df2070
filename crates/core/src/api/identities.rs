//! `/iam/v1/identities`: the throw-away identity behind a pull token.

use serde::Serialize;

use super::reader::{Message, Parts, Read};
use super::{Caller, problem, read};
use crate::error::Result;
use crate::http::{Method, Request, Response};
use crate::names::{Description, Name};
use crate::timestamp::Timestamp;
use crate::uidp::Uidp;

/// The issuer that marks an identity as a pull token.
pub const PULL_TOKEN_ISSUER: &str = "https://pulltoken.issuer.chainguard.dev";

/// An identity to make: whoever presents a token of this issuer and subject, signed by this key,
/// may act as it until it expires.
#[derive(Clone, Debug)]
pub struct NewIdentity {
    /// The name, not unique.
    pub name: Name,
    /// The description.
    pub description: Description,
    /// `pull-token-` and 40 hex digits.
    pub subject: String,
    /// The public key as JWKS text.
    pub jwks: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// An identity as the platform answers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The identifier: a pull token's username.
    pub id: Uidp,
    /// When it was made.
    pub created_at: Option<Timestamp>,
}

impl Message for Identity {
    fn of(parts: &mut Parts<'_>) -> Read<Self> {
        Ok(Self { id: parts.needed_id(&["id"])?, created_at: parts.moment(&["createdAt"])? })
    }
}

/// Asks to make an identity below an organisation.
pub fn create(caller: &Caller, parent: &Uidp, identity: &NewIdentity) -> Request {
    let keys = StaticKeys {
        issuer: PULL_TOKEN_ISSUER,
        subject: &identity.subject,
        issuer_keys: &identity.jwks,
        expiration: identity.expires_at,
    };
    let body = Body { name: &identity.name, description: &identity.description, keys };
    caller.request(Method::Post, &format!("/iam/v1/identities/{parent}")).with_json(&body)
}

#[derive(Serialize)]
struct Body<'a> {
    name: &'a Name,
    description: &'a Description,
    #[serde(rename = "static")]
    keys: StaticKeys<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StaticKeys<'a> {
    issuer: &'a str,
    subject: &'a str,
    issuer_keys: &'a str,
    expiration: Timestamp,
}

/// Reads the identity made.
///
/// # Errors
/// What the platform refused with; `ttl_exceeds_plan` where the plan allows less.
pub fn parse_created(response: &Response) -> Result<Identity> {
    read(response, "create the identity")
}

/// Asks for the pull-token identity of a subject; needs no capability.
pub fn lookup(caller: &Caller, subject: &str) -> Request {
    caller.get("/iam/v1/identities/lookup", &[("issuer", PULL_TOKEN_ISSUER), ("subject", subject)])
}

/// Reads the identity found.
///
/// # Errors
/// `not_found` where there is none.
pub fn parse_found(response: &Response) -> Result<Identity> {
    read(response, "look up the identity")
}

/// Asks to delete an identity, its bindings with it.
pub fn delete(caller: &Caller, id: &Uidp) -> Request {
    caller.request(Method::Delete, &format!("/iam/v1/identities/{id}"))
}

/// Reads the answer to a deletion.
///
/// # Errors
/// What the platform refused with.
pub fn parse_deleted(response: &Response) -> Result<()> {
    match response.status {
        200..300 => Ok(()),
        _ => Err(problem::error(response, "delete the identity")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{ORG, answer, body_of, caller};
    use super::*;
    use crate::error::ErrorCode;
    use serde_json::json;

    #[test]
    fn an_identity_registers_its_key() {
        let org = Uidp::parse(ORG).unwrap();
        let identity = NewIdentity {
            name: Name::parse("ci").unwrap(),
            description: Description::default(),
            subject: "pull-token-x".into(),
            jwks: r#"{"keys":[]}"#.into(),
            expires_at: Timestamp::parse("2026-12-22T10:00:00Z").unwrap(),
        };
        let request = create(&caller(), &org, &identity);
        assert_eq!(
            (request.method, request.url.as_str()),
            (Method::Post, &*format!("https://api.test/iam/v1/identities/{ORG}"))
        );
        assert_eq!(
            body_of(&request),
            json!({"name": "ci", "description": "", "static": {
                "issuer": PULL_TOKEN_ISSUER, "subject": "pull-token-x", "issuerKeys": r#"{"keys":[]}"#, "expiration": "2026-12-22T10:00:00Z",
            }})
        );
        let id = format!("{ORG}/0011223344556677");
        let made = parse_created(&answer(
            200,
            &json!({"id": id, "createdAt": "2026-11-22T10:00:00.123456789Z", "lastSeen": null}),
        ))
        .unwrap();
        assert_eq!(made.id.as_str(), id);
        assert_eq!(parse_created(&answer(200, &json!({"id": ""}))).unwrap_err().code(), ErrorCode::UnexpectedResponse);
    }

    #[test]
    fn slashes_stay_in_the_path() {
        let id = Uidp::parse(&format!("{ORG}/0011223344556677")).unwrap();
        assert_eq!(delete(&caller(), &id).url, format!("https://api.test/iam/v1/identities/{id}"));
        assert!(parse_deleted(&answer(200, &json!({}))).is_ok());
        assert_eq!(parse_deleted(&answer(404, &json!({"code": 5}))).unwrap_err().code(), ErrorCode::NotFound);
    }
}
