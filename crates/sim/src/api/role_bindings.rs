//! Role bindings, version 1 of the API.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::call::{Call, within};
use super::filter::{self, UidpFilterMessage};
use super::groups::GroupMessage;
use super::roles::RoleMessage;
use super::schema;
use crate::problem::Problem;
use crate::world::{Binding, Uidp};

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
struct BindingMessage {
    id: String,
    identity: String,
    role: String,
}

#[derive(Serialize)]
struct ListedBinding {
    id: String,
    group: Option<GroupMessage>,
    identity: String,
    role: Option<RoleMessage>,
    email: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Filter {
    id: String,
    uidp: UidpFilterMessage,
}

/// `GET /iam/v1/rolebindings`
pub(crate) fn list(call: &mut Call<'_>) -> Result<Value, Problem> {
    let filter: Filter = call.query(&schema::ROLE_BINDING_FILTER, &[])?;
    let scopes = call.scopes("role_bindings.list")?;
    let (id, position) = (filter::optional(&filter.id)?, filter.uidp.parse()?);
    let items: Vec<ListedBinding> = call
        .world
        .bindings()
        .filter(|binding| within(&scopes, &binding.id))
        .filter(|binding| id.as_ref().is_none_or(|id| *id == binding.id))
        .filter(|binding| position.admits(&binding.id))
        .map(|binding| ListedBinding {
            id: binding.id.to_string(),
            group: call.world.groups.get(&binding.group()).map(GroupMessage::from),
            identity: binding.identity.to_string(),
            role: call.world.roles.get(&binding.role).map(RoleMessage::from),
            email: call.world.users.get(&binding.identity).map_or_else(String::new, |user| user.email.clone()),
        })
        .collect();
    call.answer(&schema::ROLE_BINDING_LIST, &json!({ "items": items }))
}

/// `POST /iam/v1/rolebindings/{parent=**}`
pub(crate) fn create(call: &mut Call<'_>) -> Result<Value, Problem> {
    let message: BindingMessage = call.body(&schema::ROLE_BINDING)?;
    let parent = call.target()?;
    let id = bind(call, &parent, &message.identity, &message.role)?;
    answer(call, &id)
}

/// `PUT /iam/v1/rolebindings/{id=**}`: the whole binding.
pub(crate) fn update(call: &mut Call<'_>) -> Result<Value, Problem> {
    let message: BindingMessage = call.body(&schema::ROLE_BINDING)?;
    let id = call.target()?;
    rebind(call, &id, &message.identity, &message.role)?;
    answer(call, &id)
}

/// `DELETE /iam/v1/rolebindings/{id=**}`
pub(crate) fn delete(call: &mut Call<'_>) -> Result<Value, Problem> {
    let id = call.target()?;
    call.require("role_bindings.delete", &id)?;
    call.world.remove_binding(&id).ok_or_else(|| missing(&id))?;
    call.answer(&schema::EMPTY, &json!({}))
}

/// Grants a role in a group.
pub(crate) fn bind(call: &mut Call<'_>, group: &Uidp, identity: &str, role: &str) -> Result<Uidp, Problem> {
    call.require("role_bindings.create", group)?;
    if !call.world.groups.contains_key(group) {
        return Err(Problem::not_found(format!("group {group} does not exist")));
    }
    let (identity, role) = check(call, group, identity, role, None)?;
    let id = call.world.ids.child_of(group);
    let created = call.now;
    call.world.put_binding(Binding { id: id.clone(), identity, role, created });
    Ok(id)
}

/// Changes what a binding grants.
pub(crate) fn rebind(call: &mut Call<'_>, id: &Uidp, identity: &str, role: &str) -> Result<(), Problem> {
    call.require("role_bindings.update", id)?;
    let old = call.world.binding(id).ok_or_else(|| missing(id))?.clone();
    let (identity, role) = check(call, &old.group(), identity, role, Some(id))?;
    call.world.put_binding(Binding { identity, role, ..old });
    Ok(())
}

pub(crate) fn missing(id: &Uidp) -> Problem {
    Problem::not_found(format!("role binding {id} does not exist"))
}

/// Both sides of a binding must exist, the caller must hold all that the role gives, and nobody
/// is granted the same role in the same group twice.
fn check(
    call: &Call<'_>,
    group: &Uidp,
    identity: &str,
    role: &str,
    changing: Option<&Uidp>,
) -> Result<(Uidp, Uidp), Problem> {
    let (identity, role) = (filter::required(identity)?, filter::required(role)?);
    // A person may be bound before signing in for the first time.
    if !identity.is_root() && call.world.identity(&identity).is_none() {
        return Err(Problem::not_found(format!("identity {identity} does not exist")));
    }
    let granted = call
        .world
        .roles
        .get(&role)
        .filter(|role| role.id.parent().is_none_or(|home| group.is_at_or_below(&home)))
        .ok_or_else(|| Problem::not_found(format!("role {role} does not exist")))?;
    let lacking: HashSet<&str> = granted
        .capabilities
        .iter()
        .filter(|capability| call.require(capability, group).is_err())
        .map(String::as_str)
        .collect();
    if !lacking.is_empty() {
        return Err(Problem::denied(format!(
            "a role may be granted only by who holds all its capabilities; role {} has {} more",
            granted.name,
            lacking.len()
        )));
    }
    let twice = call
        .world
        .bindings_of(&identity)
        .any(|other| other.role == role && other.group() == *group && Some(&other.id) != changing);
    if twice {
        return Err(Problem::exists("the identity holds this role already"));
    }
    Ok((identity, role))
}

fn answer(call: &Call<'_>, id: &Uidp) -> Result<Value, Problem> {
    let binding = call.world.binding(id).ok_or_else(|| missing(id))?;
    let message = BindingMessage {
        id: binding.id.to_string(),
        identity: binding.identity.to_string(),
        role: binding.role.to_string(),
    };
    call.answer(&schema::ROLE_BINDING, &message)
}
