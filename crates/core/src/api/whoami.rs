//! `GET /auth/v1/ok`: is the session good, whose is it, and what may it do where.

use super::reader::{Message, Parts, Read};
use super::{Caller, read};
use crate::error::Result;
use crate::http::{Request, Response};
use crate::timestamp::Timestamp;
use crate::uidp::Uidp;

/// Who the caller is.
#[derive(Clone, Debug)]
pub struct WhoAmI {
    /// The UIDP of the user or identity.
    pub subject: String,
    /// The e-mail address, if the platform knows one.
    pub email: String,
    /// Who issued the session.
    pub issuer: String,
    /// What the session is for.
    pub audience: Vec<String>,
    /// When the session ends.
    pub expiry: Option<Timestamp>,
    /// The roles held, with what they allow.
    pub capabilities: Vec<Grant>,
}

/// A role held at a group.
#[derive(Clone, Debug, Default)]
pub struct Grant {
    /// The group, at which and below which it is held.
    pub group: HoldingGroup,
    /// The role.
    pub role: HeldRole,
}

/// A group at which a role is held, as the platform names it.
#[derive(Clone, Debug, Default)]
pub struct HoldingGroup {
    /// Its identifier, unread.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// A role that is held.
#[derive(Clone, Debug, Default)]
pub struct HeldRole {
    /// Its name.
    pub name: String,
    /// What it allows, such as `identity.create`.
    pub capabilities: Vec<String>,
}

impl Message for WhoAmI {
    fn of(parts: &mut Parts<'_>) -> Read<Self> {
        Ok(Self {
            subject: parts.text(&["subject"])?,
            email: parts.text(&["email"])?,
            issuer: parts.text(&["issuer"])?,
            audience: parts.texts(&["audience"])?,
            expiry: parts.moment(&["expiry"])?,
            capabilities: parts.list(&["capabilities"])?,
        })
    }
}

impl Message for Grant {
    fn of(parts: &mut Parts<'_>) -> Read<Self> {
        let group = parts.message(&["group"])?.unwrap_or_default();
        Ok(Self { group, role: parts.message(&["role"])?.unwrap_or_default() })
    }
}

impl Message for HoldingGroup {
    fn of(parts: &mut Parts<'_>) -> Read<Self> {
        Ok(Self { id: parts.text(&["id"])?, name: parts.text(&["name"])? })
    }
}

impl Message for HeldRole {
    fn of(parts: &mut Parts<'_>) -> Read<Self> {
        Ok(Self { name: parts.text(&["name"])?, capabilities: parts.texts(&["capabilities"])? })
    }
}

impl WhoAmI {
    /// Whether a role held at `group` or above it has the capability.
    pub fn may(&self, capability: &str, group: &Uidp) -> bool {
        self.grants(group).any(|grant| grant.role.capabilities.iter().any(|held| held == capability))
    }

    /// Whether a role held anywhere has the capability.
    pub fn may_anywhere(&self, capability: &str) -> bool {
        self.capabilities.iter().any(|grant| grant.role.capabilities.iter().any(|held| held == capability))
    }

    /// The names of the roles held at `group` or above it.
    pub fn roles_at(&self, group: &Uidp) -> Vec<&str> {
        self.grants(group).map(|grant| grant.role.name.as_str()).collect()
    }

    fn grants<'a, 'b>(&'a self, group: &'b Uidp) -> impl Iterator<Item = &'a Grant> + use<'a, 'b> {
        self.capabilities.iter().filter(move |grant| Uidp::parse(&grant.group.id).is_ok_and(|id| id.covers(group)))
    }
}

/// Asks for [`WhoAmI`].
pub fn request(caller: &Caller) -> Request {
    caller.get("/auth/v1/ok", &[])
}

/// Reads the answer.
///
/// # Errors
/// `unauthenticated` for a session that the platform does not accept.
pub fn parse(response: &Response) -> Result<WhoAmI> {
    read(response, "check the session")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{ORG, answer, caller};
    use super::*;
    use serde_json::json;

    #[test]
    fn capabilities_reach_downwards() {
        assert_eq!(request(&caller()).url, "https://api.test/auth/v1/ok");
        let me = parse(&answer(200, &json!({
            "subject": ORG, "email": null, "unknown": 1,
            "capabilities": [{"group": {"id": ORG, "name": "example"}, "role": {"name": "owner", "capabilities": ["identity.create"]}}, {"group": null}],
        })))
        .unwrap();
        let org = Uidp::parse(ORG).unwrap();
        let child = Uidp::parse(&format!("{ORG}/0011223344556677")).unwrap();
        assert!(me.may("identity.create", &org) && me.may("identity.create", &child));
        assert!(!me.may("identity.delete", &org));
        assert_eq!(me.roles_at(&child), ["owner"]);
        assert!(!me.may("identity.create", &Uidp::parse(&"f".repeat(40)).unwrap()));
    }
}
