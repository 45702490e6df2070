//! Groups: organisations, which are roots, and folders below them.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::call::{Call, within};
use super::filter::{self, UidpFilterMessage};
use super::identity_rules::{check_description, check_name};
use super::schema;
use crate::problem::Problem;
use crate::world::{Binding, Group, Uidp};

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct GroupMessage {
    id: String,
    name: String,
    description: String,
    verified: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Filter {
    id: String,
    uidp: UidpFilterMessage,
    name: String,
}

/// `GET /iam/v1/groups`
pub(crate) fn list(call: &mut Call<'_>) -> Result<Value, Problem> {
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

/// `POST /iam/v1/groups/{parent=**}`. Without a parent it makes an organisation, which any person
/// may and then owns.
pub(crate) fn create(call: &mut Call<'_>) -> Result<Value, Problem> {
    let message: GroupMessage = call.body(&schema::GROUP)?;
    let caller = call.caller()?.id.clone();
    let at_root = call.rest.is_empty() || call.rest == "/";
    let parent = if at_root { None } else { Some(call.target()?) };
    match &parent {
        Some(parent) => {
            call.require("groups.create", parent)?;
            if !call.world.groups.contains_key(parent) {
                return Err(missing(parent));
            }
        }
        None if call.world.users.contains_key(&caller) && call.is_unlimited() => {}
        None => return Err(Problem::denied("only people make organizations")),
    }
    check(&message)?;
    if message.verified {
        return Err(Problem::denied("organizations are verified by the platform alone"));
    }
    let id = match &parent {
        Some(parent) => call.world.ids.child_of(parent),
        None => call.world.ids.root(),
    };
    let GroupMessage { name, description, .. } = message;
    call.world.groups.insert(id.clone(), Group { id: id.clone(), name, description, verified: false });
    if parent.is_none() {
        let role = call.world.role_named("owner").map(|role| role.id.clone());
        let role = role.ok_or_else(|| Problem::internal("there is no role owner"))?;
        let binding = call.world.ids.child_of(&id);
        let created = call.now;
        call.world.put_binding(Binding { id: binding, identity: caller, role, created });
    }
    answer(call, &id)
}

/// `PUT /iam/v1/groups/{id=**}`: the whole group.
pub(crate) fn update(call: &mut Call<'_>) -> Result<Value, Problem> {
    let message: GroupMessage = call.body(&schema::GROUP)?;
    let id = call.target()?;
    call.require("groups.update", &id)?;
    check(&message)?;
    let group = call.world.groups.get_mut(&id).ok_or_else(|| missing(&id))?;
    if message.verified != group.verified {
        return Err(Problem::denied("organizations are verified by the platform alone"));
    }
    (group.name, group.description) = (message.name, message.description);
    answer(call, &id)
}

/// `DELETE /iam/v1/groups/{id=**}`: an empty one. Its bindings, roles and entitlements go with it.
pub(crate) fn delete(call: &mut Call<'_>) -> Result<Value, Problem> {
    let id = call.target()?;
    call.require("groups.delete", &id)?;
    if !call.world.groups.contains_key(&id) {
        return Err(missing(&id));
    }
    let filled = call.world.groups.keys().any(|group| group.is_below(&id))
        || call.world.identities().any(|identity| identity.id.is_below(&id));
    if filled {
        return Err(Problem::precondition(format!("group {id} holds groups or identities")));
    }
    call.world.remove_group(&id);
    call.answer(&schema::EMPTY, &json!({}))
}

fn check(message: &GroupMessage) -> Result<(), Problem> {
    check_name(&message.name)?;
    check_description(&message.description)
}

fn missing(id: &Uidp) -> Problem {
    Problem::not_found(format!("group {id} does not exist"))
}

fn answer(call: &Call<'_>, id: &Uidp) -> Result<Value, Problem> {
    let group = call.world.groups.get(id).ok_or_else(|| missing(id))?;
    call.answer(&schema::GROUP, &GroupMessage::from(group))
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
