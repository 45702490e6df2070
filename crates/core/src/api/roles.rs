//! `GET /iam/v1/roles?name=…`: the role that a token is bound to.

use super::reader::{Message, Parts, Read};
use super::{Caller, items};
use crate::error::Result;
use crate::http::{Request, Response};

/// A role and what it allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// The identifier that a binding names.
    pub id: String,
    /// The name, such as `libraries.javascript.pull`.
    pub name: String,
    /// Capabilities such as `libraries.javascript.list`.
    pub capabilities: Vec<String>,
}

impl Message for Role {
    fn of(parts: &mut Parts<'_>) -> Read<Self> {
        Ok(Self {
            id: parts.needed_text(&["id"])?,
            name: parts.text(&["name"])?,
            capabilities: parts.texts(&["capabilities"])?,
        })
    }
}

/// Asks for the roles of a name.
pub fn by_name(caller: &Caller, name: &str) -> Request {
    caller.get("/iam/v1/roles", &[("name", name)])
}

/// Reads a list of roles.
///
/// # Errors
/// What the platform refused with.
pub fn parse(response: &Response) -> Result<Vec<Role>> {
    items(response, "look up the role")
}

/// The role of this name. The platform's own roles stand at the root; an organisation may have made
/// one of the same name, which gives what it likes.
pub fn choose(roles: Vec<Role>, name: &str) -> Option<Role> {
    roles.into_iter().filter(|role| role.name == name).min_by_key(|role| role.id.contains('/'))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{answer, caller};
    use super::*;
    use serde_json::json;

    #[test]
    fn a_role_brings_its_capabilities() {
        assert_eq!(by_name(&caller(), "registry.pull").url, "https://api.test/iam/v1/roles?name=registry.pull");
        let roles = parse(&answer(
            200,
            &json!({"items": [{"id": "r", "name": "registry.pull", "capabilities": ["repo.list"]}]}),
        ))
        .unwrap();
        assert_eq!(roles[0].capabilities, ["repo.list"]);
    }

    #[test]
    fn the_platforms_own_role_comes_first() {
        let role = |id: &str, name: &str| Role { id: id.into(), name: name.into(), capabilities: vec![] };
        let found = vec![role("org/own", "apk.pull"), role("other", "apk.pull.x"), role("root", "apk.pull")];
        assert_eq!(choose(found.clone(), "apk.pull").unwrap().id, "root");
        assert_eq!(choose(found, "none"), None);
    }
}
