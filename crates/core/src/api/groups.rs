//! `GET /iam/v1/groups`: organisations are the groups at the root.

use serde::Serialize;

use super::reader::{Message, Parts, Read};
use super::{Caller, items};
use crate::error::Result;
use crate::http::{Request, Response};
use crate::text::printable_prefix;
use crate::uidp::Uidp;

/// An organisation, or a folder in one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Group {
    /// Its identifier.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub id: Uidp,
    /// Its name; not always unique.
    pub name: String,
}

impl Group {
    /// What people call it: its name, or its identifier where the name is not known.
    pub fn shown(&self) -> String {
        match self.name.as_str() {
            "" => self.id.to_string(),
            name => printable_prefix(name, 64),
        }
    }
}

impl Message for Group {
    fn of(parts: &mut Parts<'_>) -> Read<Self> {
        Ok(Self { id: parts.needed_id(&["id"])?, name: parts.text(&["name"])? })
    }
}

/// Asks for groups of a name, at any level.
pub fn by_name(caller: &Caller, name: &str) -> Request {
    caller.get("/iam/v1/groups", &[("name", name)])
}

/// Asks for the group of an identifier.
pub fn by_id(caller: &Caller, id: &Uidp) -> Request {
    caller.get("/iam/v1/groups", &[("uidp.ids", id.as_str())])
}

/// Asks for the organisations that the caller can see.
pub fn organizations(caller: &Caller) -> Request {
    caller.get("/iam/v1/groups", &[("uidp.in_root", "true")])
}

/// Reads a list of groups.
///
/// # Errors
/// What the platform refused with.
pub fn parse(response: &Response) -> Result<Vec<Group>> {
    items(response, "look up the organisation")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{ORG, answer, caller};
    use super::*;
    use crate::error::ErrorCode;
    use serde_json::json;

    #[test]
    fn lists_come_with_and_without_items() {
        assert_eq!(by_name(&caller(), "my org").url, "https://api.test/iam/v1/groups?name=my%20org");
        assert_eq!(organizations(&caller()).url, "https://api.test/iam/v1/groups?uidp.in_root=true");
        let groups =
            parse(&answer(200, &json!({"items": [{"id": ORG, "name": "example", "verified": true}]}))).unwrap();
        assert_eq!(groups[0].name, "example");
        assert!(parse(&answer(200, &json!({}))).unwrap().is_empty());
        assert!(parse(&answer(200, &json!({"items": null}))).unwrap().is_empty());
        for body in [r#"{"items":[],"items":[]}"#, r#"{"items":{}}"#, r#"{"items":[5]}"#, "[]"] {
            let refused = parse(&Response::new(200, body)).unwrap_err();
            assert_eq!(refused.code(), ErrorCode::UnexpectedResponse, "{body}");
        }
    }
}
