//! Changing an identity: `PATCH /iam/v2/identities/{uid}` with a mask for name and description, and
//! `PUT /iam/v1/identities/{id}` with the whole identity for what has no mask of its own.

use serde::Serialize;

use super::reader::{Read, Shape};
use super::{Caller, items, problem};
use crate::error::{Error, ErrorCode, Result};
use crate::http::{Body, Method, Request, Response};
use crate::json::{self, Object, Value};
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
    #[derive(Serialize)]
    struct Body<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<&'a Name>,
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<&'a Description>,
    }
    let body = Body { name: change.name.as_ref(), description: change.description.as_ref() };
    let mask = match (&body.name, &body.description) {
        (Some(_), Some(_)) => "name,description",
        (Some(_), None) => "name",
        (None, Some(_)) => "description",
        (None, None) => "",
    };
    let mut request = caller.get(&format!("/iam/v2/identities/{id}"), &[("updateMask", mask)]);
    request.method = Method::Patch;
    request.with_json(&body)
}

/// The JSON text of an identity as it came, fields that are not known here included.
#[derive(Clone, Debug)]
pub struct Whole(String);

/// Asks for a whole identity.
pub fn request_whole(caller: &Caller, id: &Uidp) -> Request {
    caller.get("/iam/v1/identities", &[("uidp.ids", id.as_str())])
}

/// Reads a whole identity.
///
/// # Errors
/// `not_found` where there is none that the caller may see.
pub fn parse_whole(response: &Response, id: &Uidp) -> Result<Whole> {
    let list: Vec<Listed> = items(response, "look up the identity")?;
    list.into_iter().find(|one| one.id.as_deref() == Some(id.as_str())).map(|one| one.whole).ok_or_else(|| {
        Error::new(ErrorCode::NotFound, format!("there is no identity {id}, or this session may not see it"))
    })
}

struct Listed {
    id: Option<String>,
    whole: Whole,
}

impl Shape for Listed {
    fn shaped(value: Value<'_>) -> Read<Self> {
        let id = match &value {
            Value::Object(one) => one.text("id").map(str::to_owned),
            _ => None,
        };
        Ok(Self { id, whole: Whole(value.to_string()) })
    }
}

impl Whole {
    /// The request that puts it back with the change.
    ///
    /// # Errors
    /// `failed_precondition` where an expiry is to be set on an identity that has none.
    pub fn put(&self, caller: &Caller, id: &Uidp, change: &Change) -> Result<Request> {
        let expires_at = change.expires_at.map(|end| end.to_string());
        self.edited(caller, id, |identity| {
            if let Some(name) = &change.name {
                identity.set("name", Value::Text(name.as_str().into()));
            }
            if let Some(description) = &change.description {
                identity.set("description", Value::Text(description.as_str().into()));
            }
            let Some(expires_at) = &expires_at else { return Ok(()) };
            match identity.take("static") {
                Ok(Some(Value::Object(mut keys))) => {
                    keys.set("expiration", Value::Text(expires_at.into()));
                    identity.set("static", Value::Object(keys));
                    Ok(())
                }
                _ => Err(Error::new(
                    ErrorCode::FailedPrecondition,
                    format!("{id} has no keys of its own, and so no expiry"),
                )),
            }
        })
    }

    /// The request that puts it back to be assumed by other claims.
    ///
    /// # Errors
    /// None that can happen.
    pub fn put_claims(&self, caller: &Caller, id: &Uidp, claims: &ClaimMatch) -> Result<Request> {
        // Texts alone: nothing here can fail to be written, or to be read again.
        let text = serde_json::to_string(claims).unwrap_or_default();
        let claims = json::read(&text).unwrap_or(Value::Null);
        self.edited(caller, id, |identity| {
            identity.set("claimMatch", claims);
            Ok(())
        })
    }

    fn edited<'a>(
        &'a self,
        caller: &Caller,
        id: &Uidp,
        edit: impl FnOnce(&mut Object<'a>) -> Result<()>,
    ) -> Result<Request> {
        let Ok(Value::Object(mut identity)) = json::read(&self.0) else {
            return Err(Error::new(ErrorCode::Internal, "an identity that was read is no object any more"));
        };
        edit(&mut identity)?;
        let text = Value::Object(identity).to_string();
        let mut request = caller.request(Method::Put, &format!("/iam/v1/identities/{id}"));
        request.body = Some(Body::Json(text));
        Ok(request)
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
    use serde_json::json;

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
        for (body, code) in [
            ("{}", ErrorCode::NotFound),
            (r#"{"items":[5,{}]}"#, ErrorCode::NotFound),
            (r#"{"items":{}}"#, ErrorCode::UnexpectedResponse),
            (r#"{"items":[],"items":[]}"#, ErrorCode::UnexpectedResponse),
        ] {
            assert_eq!(parse_whole(&Response::new(200, body), &id()).unwrap_err().code(), code, "{body}");
        }
        let assumed = json!({"id": id(), "claimMatch": {"issuer": "i", "claims": {"a": "b"}}, "future": 1});
        let whole = parse_whole(&answer(200, &json!({"items": [assumed]})), &id()).unwrap();
        let claims = ClaimMatch { issuer: Some(Matcher::Pattern("j".into())), ..ClaimMatch::default() };
        let request = whole.put_claims(&caller(), &id(), &claims).unwrap();
        assert_eq!(body_of(&request), json!({"id": id(), "claimMatch": {"issuerPattern": "j"}, "future": 1}));
    }

    #[test]
    fn a_name_that_came_twice_goes_back_once_where_it_is_changed() {
        let text =
            format!(r#"{{"items":[{{"id":"{}","name":"a","n":1.0,"name":"b","static":{{}},"static":{{}}}}]}}"#, id());
        let whole = parse_whole(&Response::new(200, text), &id()).unwrap();
        let change = Change { name: Some(Name::parse("c").unwrap()), ..Change::default() };
        let Some(Body::Json(text)) = whole.put(&caller(), &id(), &change).unwrap().body else { panic!("no JSON body") };
        assert_eq!(text.matches(r#""name""#).count(), 1, "{text}");
        assert!(text.contains(r#""name":"c""#) && text.contains(r#""n":1.0"#), "{text}");
        // Which keys would it be that expire then?
        let change = Change { expires_at: Some(Timestamp::UNIX_EPOCH), ..Change::default() };
        assert_eq!(whole.put(&caller(), &id(), &change).unwrap_err().code(), ErrorCode::FailedPrecondition);
    }
}
