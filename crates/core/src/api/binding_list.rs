//! `GET /iam/v2/roleBindings` and, on older servers, `GET /iam/v1/rolebindings`: who holds which
//! role where.

use super::pages::{self, At, Page, Place};
use super::reader::{Message, OtherShape, Parts, Read, Shape};
use super::{Caller, read};
use crate::error::Result;
use crate::http::{Request, Response};
use crate::json::Value;
use crate::uidp::Uidp;

/// A role that an identity holds at a group and below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The identifier: a child of the group.
    pub id: Uidp,
    /// Who holds the role.
    pub identity: String,
    /// The group's name, where the server tells.
    pub group_name: String,
    /// The role's identifier.
    pub role_id: String,
    /// The role's name.
    pub role_name: String,
}

impl Binding {
    /// The group that the role is held at.
    pub fn group(&self) -> Uidp {
        self.id.parent().unwrap_or_else(|| self.id.clone())
    }
}

/// Asks for a page of the bindings below a group, or of all that the caller can see.
pub fn request(caller: &Caller, below: Option<&Uidp>, at: At<'_>) -> Request {
    caller.get("/iam/v2/roleBindings", &pages::query(below.map(Uidp::as_str), at))
}

/// Asks for the bindings of one identity.
pub fn request_of(caller: &Caller, identity: &Uidp) -> Request {
    let mut query = pages::query(None, At::Start);
    query.push(("identity", identity.as_str()));
    caller.get("/iam/v2/roleBindings", &query)
}

/// Reads a page.
///
/// # Errors
/// What the platform refused with; `not_found` or `unimplemented` from a server without v2.
pub fn parse(response: &Response) -> Result<Page<Binding>> {
    let list: List = read(response, "list the role bindings")?;
    let items: Vec<_> = list.role_bindings.into_iter().map(Listed::into_binding).collect();
    Ok(list.place.page(items.len(), items))
}

/// Asks an older server, which answers with everything at once.
pub fn request_v1(caller: &Caller, below: Option<&Uidp>) -> Request {
    let query: Vec<_> = below.map(|group| ("uidp.descendants_of", group.as_str())).into_iter().collect();
    caller.get("/iam/v1/rolebindings", &query)
}

/// Reads an older server's list.
///
/// # Errors
/// What the platform refused with.
pub fn parse_v1(response: &Response) -> Result<Vec<Binding>> {
    parse(response).map(|page| page.items)
}

/// A list of either version: they differ in some names, and v1 says of the holder the identifier alone.
struct List {
    role_bindings: Vec<Listed>,
    place: Place,
}

impl Message for List {
    fn of(parts: &mut Parts<'_>) -> Read<Self> {
        Ok(Self { role_bindings: parts.list(&["roleBindings", "items"])?, place: Place::of(parts)? })
    }
}

struct Listed {
    uid: Uidp,
    identity: String,
    group: Named,
    role: Named,
}

impl Message for Listed {
    fn of(parts: &mut Parts<'_>) -> Read<Self> {
        Ok(Self {
            uid: parts.needed_id(&["uid", "id"])?,
            identity: holder(parts.value(&["identity"])?)?,
            group: parts.message(&["group"])?.unwrap_or_default(),
            role: parts.message(&["role"])?.unwrap_or_default(),
        })
    }
}

impl Listed {
    fn into_binding(self) -> Binding {
        Binding {
            id: self.uid,
            identity: self.identity,
            group_name: self.group.name,
            role_id: self.role.uid,
            role_name: self.role.name,
        }
    }
}

/// The identifier of the holder, by itself or in an object.
fn holder(value: Value<'_>) -> Read<String> {
    match value {
        Value::Null => Ok(String::new()),
        Value::Text(id) => Ok(id.into_owned()),
        value @ Value::Object(_) => Named::shaped(value).map(|named| named.uid),
        _ => Err(OtherShape),
    }
}

#[derive(Default)]
struct Named {
    uid: String,
    name: String,
}

impl Message for Named {
    fn of(parts: &mut Parts<'_>) -> Read<Self> {
        // v1 says `id`.
        Ok(Self { uid: parts.text(&["uid", "id"])?, name: parts.text(&["name"])? })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{ORG, answer, caller};
    use super::*;
    use serde_json::json;

    #[test]
    fn both_versions_tell_the_same() {
        let id = format!("{ORG}/0011223344556677");
        let v2 = parse(&answer(200, &json!({"roleBindings": [
            {"uid": id, "identity": {"uid": "i", "name": "n"}, "group": {"uid": ORG, "name": "example"}, "role": {"uid": "r", "name": "apk.pull"}},
        ]})))
        .unwrap();
        let v1 = parse_v1(&answer(200, &json!({"items": [
            {"id": id, "identity": "i", "group": {"id": ORG, "name": "example"}, "role": {"id": "r", "name": "apk.pull", "capabilities": []}},
        ]})))
        .unwrap();
        assert_eq!(v2.items, v1);
        assert_eq!((v1[0].group().as_str(), v2.next), (ORG, None));
        let identity = Uidp::parse(&id).unwrap();
        assert!(
            request_of(&caller(), &identity)
                .url
                .ends_with("identity=0123456789abcdef0123456789abcdef01234567%2F0011223344556677")
        );
        assert_eq!(request_v1(&caller(), None).url, "https://api.test/iam/v1/rolebindings");
    }
}
