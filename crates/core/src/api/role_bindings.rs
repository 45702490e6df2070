//! `/iam/v1/rolebindings`: what gives an identity its role.

use serde::Serialize;

use super::{Caller, problem};
use crate::error::Result;
use crate::http::{Method, Request, Response};
use crate::uidp::Uidp;

/// Asks to bind an identity to a role, everywhere below `parent`.
pub fn create(caller: &Caller, parent: &Uidp, identity: &Uidp, role: &str) -> Request {
    caller
        .request(Method::Post, &format!("/iam/v1/rolebindings/{parent}"))
        .with_json(&NewBinding { identity: identity.as_str(), role })
}

#[derive(Serialize)]
struct NewBinding<'a> {
    identity: &'a str,
    role: &'a str,
}

/// Reads the answer to a new binding.
///
/// # Errors
/// What the platform refused with; `role` is named in the message.
pub fn parse_created(response: &Response, role: &str) -> Result<()> {
    match response.status {
        200..300 => Ok(()),
        _ => Err(problem::error(response, &format!("bind the role {role}"))),
    }
}

/// Asks to take a binding away.
pub fn delete(caller: &Caller, id: &Uidp) -> Request {
    caller.request(Method::Delete, &format!("/iam/v1/rolebindings/{id}"))
}

/// Reads the answer to a deletion.
///
/// # Errors
/// What the platform refused with.
pub fn parse_deleted(response: &Response, role: &str) -> Result<()> {
    match response.status {
        200..300 => Ok(()),
        _ => Err(problem::error(response, &format!("take away the role {role}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{ORG, answer, body_of, caller};
    use super::*;
    use serde_json::json;

    #[test]
    fn a_binding_names_identity_and_role() {
        let org = Uidp::parse(ORG).unwrap();
        let id = Uidp::parse(&format!("{ORG}/0011223344556677")).unwrap();
        let request = create(&caller(), &org, &id, "role-id");
        assert_eq!(request.url, format!("https://api.test/iam/v1/rolebindings/{ORG}"));
        assert_eq!(body_of(&request), json!({"identity": id, "role": "role-id"}));
        let refused = parse_created(&answer(403, &json!({"code": 7, "message": "no"})), "apk.pull").unwrap_err();
        assert_eq!(refused.message(), "bind the role apk.pull: no");
        let request = delete(&caller(), &id);
        assert_eq!(
            (request.method, request.url),
            (Method::Delete, format!("https://api.test/iam/v1/rolebindings/{id}"))
        );
        assert!(parse_deleted(&answer(200, &json!({})), "apk.pull").is_ok());
    }
}
