//! Changing an identity: `PATCH /iam/v2/identities/{uid}` with a mask for name and description, and
//! `PUT /iam/v1/identities/{id}` with the whole identity for what has no mask of its own.

use serde_json::{Value, json};

use super::{Caller, Items, problem, read};
use crate::error::{Error, ErrorCode, Result};
use crate::http::{Method, Request, Response};
use crate::names::{Description, Name};
use crate::timestamp::Timestamp;
use crate::trust::ClaimMatch;
use crate::uidp::Uidp;

/// What to change; `None` stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// The name.
    pub name: Option<Name>,
    /// The description.
    pub description: Option<Description>,
    /// When the identity ends.
    pub expires_at: Option<Timestamp>,
}

/// Asks to change name and description alone; the mask keeps everything else as it is.
pub fn patch(caller: &Caller, id: &Uidp, change: &Change) -> Request {
    let (mut body, mut mask) = (json!({}), Vec::new());
    if let Some(name) = &change.name {
        body["name"] = json!(name);
        mask.push("name");
    }
    if let Some(description) = &change.description {
        body["description"] = json!(description);
        mask.push("description");
    }
    let mut request = caller.get(&format!("/iam/v2/identities/{id}"), &[("updateMask", &mask.join(","))]);
    request.method = Method::Patch;
    request.with_json(&body)
}

/// An identity as it came, fields that are not known here included.
#[derive(Clone, Debug)]
pub struct Whole(Value);

/// Asks for a whole identity.
pub fn request_whole(caller: &Caller, id: &Uidp) -> Request {
    caller.get("/iam/v1/identities", &[("uidp.ids", id.as_str())])
}

/// Reads a whole identity.
///
/// # Errors
/// `not_found` where there is none that the caller may see.
pub fn parse_whole(response: &Response, id: &Uidp) -> Result<Whole> {
    let list: Items<Value> = read(response, "look up the identity")?;
    let found = list.items.into_iter().find(|one| one["id"] == id.as_str() && one.is_object());
    found.map(Whole).ok_or_else(|| {
        Error::new(ErrorCode::NotFound, format!("there is no identity {id}, or this session may not see it"))
    })
}

impl Whole {
    /// The request that puts it back with the change.
    ///
    /// # Errors
    /// `failed_precondition` where an expiry is to be set on an identity that has none.
    pub fn put(mut self, caller: &Caller, id: &Uidp, change: &Change) -> Result<Request> {
        if let Some(name) = &change.name {
            self.0["name"] = json!(name);
        }
        if let Some(description) = &change.description {
            self.0["description"] = json!(description);
        }
        if let Some(expires_at) = change.expires_at {
            let Some(keys) = self.0.get_mut("static").filter(|keys| keys.is_object()) else {
                return Err(Error::new(
                    ErrorCode::FailedPrecondition,
                    format!("{id} has no keys of its own, and so no expiry"),
                ));
            };
            keys["expiration"] = json!(expires_at);
        }
        Ok(self.request(caller, id))
    }

    /// The request that puts it back to be assumed by other claims.
    pub fn put_claims(mut self, caller: &Caller, id: &Uidp, claims: &ClaimMatch) -> Request {
        self.0["claimMatch"] = json!(claims);
        self.request(caller, id)
    }

    fn request(&self, caller: &Caller, id: &Uidp) -> Request {
        caller.request(Method::Put, &format!("/iam/v1/identities/{id}")).with_json(&self.0)
    }
}

/// Reads the answer to a change.
///
/// # Errors
/// What the platform refused with.
pub fn parse_changed(response: &Response) -> Result<()> {
    match response.status {
        200..300 => Ok(()),
        _ => Err(problem::error(response, "change the identity")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{ORG, answer, body_of, caller};
    use super::*;
    use crate::trust::Matcher;

    fn id() -> Uidp {
        Uidp::parse(&format!("{ORG}/0011223344556677")).unwrap()
    }

    #[test]
    fn a_patch_names_what_it_changes() {
        let change = Change { description: Some(Description::default()), ..Change::default() };
        let request = patch(&caller(), &id(), &change);
        assert_eq!(request.url, format!("https://api.test/iam/v2/identities/{}?updateMask=description", id()));
        assert_eq!((request.method, body_of(&request)), (Method::Patch, json!({"description": ""})));
    }

    #[test]
    fn a_put_keeps_what_it_does_not_know() {
        let identity = json!({"id": id(), "name": "a", "static": {"issuer": "i", "issuerKeys": "k", "expiration": "2026-01-01T00:00:00Z"}, "future": {"x": [1]}});
        let whole = parse_whole(&answer(200, &json!({"items": [identity]})), &id()).unwrap();
        let change = Change {
            name: Some(Name::parse("b").unwrap()),
            expires_at: Some(Timestamp::UNIX_EPOCH),
            ..Change::default()
        };
        let request = whole.put(&caller(), &id(), &change).unwrap();
        let mut expected = identity;
        expected["name"] = json!("b");
        expected["static"]["expiration"] = json!("1970-01-01T00:00:00Z");
        assert_eq!((request.method, body_of(&request)), (Method::Put, expected));
        assert_eq!(parse_whole(&answer(200, &json!({})), &id()).unwrap_err().code(), ErrorCode::NotFound);
        let assumed = json!({"id": id(), "claimMatch": {"issuer": "i", "claims": {"a": "b"}}, "future": 1});
        let whole = parse_whole(&answer(200, &json!({"items": [assumed]})), &id()).unwrap();
        let claims = ClaimMatch { issuer: Some(Matcher::Pattern("j".into())), ..ClaimMatch::default() };
        let request = whole.put_claims(&caller(), &id(), &claims);
        assert_eq!(body_of(&request), json!({"id": id(), "claimMatch": {"issuerPattern": "j"}, "future": 1}));
    }
}
