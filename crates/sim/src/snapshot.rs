//! What is there now, for assertions.

use serde::Serialize;

use crate::gateway::timestamp;
use crate::state::Shared;
use crate::world::{Identity, Relationship};

/// An identity below an organisation. People are not among them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IdentitySnapshot {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: String,
    /// `static`, `claimMatch` or `awsIdentity`.
    pub kind: &'static str,
    /// The exact issuer it is found by, if it has one.
    pub issuer: Option<String>,
    /// The exact subject it is found by, if it has one.
    pub subject: Option<String>,
    /// When its keys expire, in RFC 3339.
    pub expiration: Option<String>,
    /// When it was last used, in RFC 3339.
    pub last_seen: Option<String>,
    /// The names of the roles it is bound to.
    pub roles: Vec<String>,
}

/// A role binding, those of people included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RoleBindingSnapshot {
    /// Its id.
    pub id: String,
    /// The id of the group in which the role is granted.
    pub group: String,
    /// The id of the identity that holds the role.
    pub identity: String,
    /// The name of the role.
    pub role: String,
}

pub(crate) fn identities(shared: &Shared) -> Vec<IdentitySnapshot> {
    let world = shared.world();
    let roles = |identity: &Identity| {
        let roles = world.bindings_of(&identity.id).filter_map(|it| world.roles.get(&it.role));
        roles.map(|role| role.name.clone()).collect()
    };
    world
        .identities()
        .map(|identity| {
            let (issuer, subject) = identity.issuer_and_subject().unzip();
            IdentitySnapshot {
                id: identity.id.to_string(),
                name: identity.name.clone(),
                description: identity.description.clone(),
                kind: match identity.relationship {
                    Relationship::Static(_) => "static",
                    Relationship::ClaimMatch(_) => "claimMatch",
                    Relationship::Aws(_) => "awsIdentity",
                },
                issuer,
                subject,
                expiration: identity.static_keys().map(|keys| timestamp::format(keys.expiration)),
                last_seen: identity.last_seen.map(timestamp::format),
                roles: roles(identity),
            }
        })
        .collect()
}

pub(crate) fn role_bindings(shared: &Shared) -> Vec<RoleBindingSnapshot> {
    let world = shared.world();
    world
        .bindings()
        .map(|binding| RoleBindingSnapshot {
            id: binding.id.to_string(),
            group: binding.group().to_string(),
            identity: binding.identity.to_string(),
            role: world.roles.get(&binding.role).map_or_else(String::new, |role| role.name.clone()),
        })
        .collect()
}
