//! Groups and roles: what there is, and by which name.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::call::{Call, within};
use super::filter::{self, UidpFilterMessage};
use super::schema;
use crate::problem::Problem;
use crate::world::{Group, Role};

#[derive(Serialize)]
pub(crate) struct GroupMessage {
    id: String,
    name: String,
    description: String,
    verified: bool,
}

#[derive(Serialize)]
pub(crate) struct RoleMessage {
    id: String,
    name: String,
    description: String,
    capabilities: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Filter {
    id: String,
    uidp: UidpFilterMessage,
    name: String,
    parent: String,
}

/// `GET /iam/v1/groups`
pub(crate) fn list_groups(call: &mut Call<'_>) -> Result<Value, Problem> {
    let filter: Filter = call.query(&schema::GROUP_FILTER, &[])?;
    let scopes = call.scopes("groups.list")?;
    let (id, position) = (filter::optional(&filter.id)?, filter.uidp.parse()?);
    let items: Vec<GroupMessage> = call
        .world
        .groups
        .values()
        .filter(|group| within(&scopes, &group.id))
        .filter(|group| id.as_ref().is_none_or(|id| *id == group.id))
        .filter(|group| position.admits(&group.id))
        .filter(|group| filter.name.is_empty() || filter.name == group.name)
        .map(GroupMessage::from)
        .collect();
    call.answer(&schema::GROUP_LIST, &json!({ "items": items }))
}

/// `GET /iam/v1/roles`: the built-in ones, for whoever holds `roles.list` anywhere.
pub(crate) fn list_roles(call: &mut Call<'_>) -> Result<Value, Problem> {
    let filter: Filter = call.query(&schema::ROLE_FILTER, &[])?;
    let visible = !call.scopes("roles.list")?.is_empty();
    let (id, position) = (filter::optional(&filter.id)?, filter.uidp.parse()?);
    let in_parent = filter.parent.is_empty() || filter.parent == "/";
    let items: Vec<RoleMessage> = call
        .world
        .roles
        .values()
        .filter(|_| visible && in_parent)
        .filter(|role| id.as_ref().is_none_or(|id| *id == role.id))
        .filter(|role| position.admits(&role.id))
        .filter(|role| filter.name.is_empty() || filter.name == role.name)
        .map(RoleMessage::from)
        .collect();
    call.answer(&schema::ROLE_LIST, &json!({ "items": items }))
}

impl From<&Group> for GroupMessage {
    fn from(group: &Group) -> Self {
        Self {
            id: group.id.to_string(),
            name: group.name.clone(),
            description: group.description.clone(),
            verified: group.verified,
        }
    }
}

impl From<&Role> for RoleMessage {
    fn from(role: &Role) -> Self {
        Self {
            id: role.id.to_string(),
            name: role.name.clone(),
            description: role.description.clone(),
            capabilities: role.capabilities.clone(),
        }
    }
}
