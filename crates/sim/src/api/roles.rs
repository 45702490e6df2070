//! Roles: the platform's own, which nobody changes, and those of organisations.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::call::{Call, within};
use super::filter::{self, UidpFilterMessage};
use super::identity_rules::{check_description, check_name};
use super::schema;
use crate::problem::Problem;
use crate::world::{Role, Uidp};

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
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

/// `GET /iam/v1/roles`: the platform's for whoever holds `roles.list` anywhere, an organisation's
/// for whoever holds it there.
pub(crate) fn list(call: &mut Call<'_>) -> Result<Value, Problem> {
    let filter: Filter = call.query(&schema::ROLE_FILTER, &[])?;
    let scopes = call.scopes("roles.list")?;
    let (id, position) = (filter::optional(&filter.id)?, filter.uidp.parse()?);
    let in_parent = |role: &Role| match filter.parent.as_str() {
        "" => true,
        "/" => role.id.is_root(),
        parent => role.id.parent().is_some_and(|id| id.as_str() == parent),
    };
    let visible = |role: &Role| if role.id.is_root() { !scopes.is_empty() } else { within(&scopes, &role.id) };
    let items: Vec<RoleMessage> = call
        .world
        .roles
        .values()
        .filter(|role| visible(role) && in_parent(role))
        .filter(|role| id.as_ref().is_none_or(|id| *id == role.id))
        .filter(|role| position.admits(&role.id))
        .filter(|role| filter.name.is_empty() || filter.name == role.name)
        .map(RoleMessage::from)
        .collect();
    call.answer(&schema::ROLE_LIST, &json!({ "items": items }))
}

/// `POST /iam/v1/roles/{parent_id=**}`
pub(crate) fn create(call: &mut Call<'_>) -> Result<Value, Problem> {
    let message: RoleMessage = call.body(&schema::ROLE)?;
    let parent = call.target()?;
    call.require("roles.create", &parent)?;
    if !call.world.groups.contains_key(&parent) {
        return Err(Problem::not_found(format!("group {parent} does not exist")));
    }
    let id = call.world.ids.child_of(&parent);
    put(call, &id, message)?;
    answer(call, &id)
}

/// `PUT /iam/v1/roles/{id=**}`: the whole role. Who is bound to it holds what it gives from now on.
pub(crate) fn update(call: &mut Call<'_>) -> Result<Value, Problem> {
    let message: RoleMessage = call.body(&schema::ROLE)?;
    let id = call.target()?;
    call.require("roles.update", &id)?;
    if !call.world.roles.contains_key(&id) {
        return Err(missing(&id));
    }
    put(call, &id, message)?;
    answer(call, &id)
}

/// `DELETE /iam/v1/roles/{id=**}`: one that nobody is bound to.
pub(crate) fn delete(call: &mut Call<'_>) -> Result<Value, Problem> {
    let id = call.target()?;
    call.require("roles.delete", &id)?;
    if call.world.bindings().any(|binding| binding.role == id) {
        return Err(Problem::precondition(format!("role {id} is bound")));
    }
    call.world.roles.remove(&id).ok_or_else(|| missing(&id))?;
    call.answer(&schema::EMPTY, &json!({}))
}

/// Checks a role and stores it. Nobody gives a role more than they hold themselves.
fn put(call: &mut Call<'_>, id: &Uidp, message: RoleMessage) -> Result<(), Problem> {
    let RoleMessage { name, description, mut capabilities, .. } = message;
    check_name(&name)?;
    check_description(&description)?;
    if capabilities.is_empty() {
        return Err(Problem::invalid("a role needs capabilities"));
    }
    let known =
        |name: &String| call.world.roles.values().any(|role| role.id.is_root() && role.capabilities.contains(name));
    if let Some(unknown) = capabilities.iter().find(|name| !known(name)) {
        return Err(Problem::invalid(format!("there is no capability {unknown:?}")));
    }
    for capability in &capabilities {
        call.require(capability, id)?;
    }
    let namesake = |role: &&Role| role.name == name && role.id != *id && role.id.parent() == id.parent();
    if call.world.roles.values().any(|role| namesake(&role)) {
        return Err(Problem::exists(format!("a role {name:?} exists already")));
    }
    capabilities.sort();
    capabilities.dedup();
    call.world.roles.insert(id.clone(), Role { id: id.clone(), name, description, capabilities });
    Ok(())
}

fn missing(id: &Uidp) -> Problem {
    Problem::not_found(format!("role {id} does not exist"))
}

fn answer(call: &Call<'_>, id: &Uidp) -> Result<Value, Problem> {
    let role = call.world.roles.get(id).ok_or_else(|| missing(id))?;
    call.answer(&schema::ROLE, &RoleMessage::from(role))
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
