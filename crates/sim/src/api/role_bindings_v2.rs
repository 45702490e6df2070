//! Role bindings, version 2 of the API: in pages, with names filled in.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::call::{Call, within};
use super::filter::{self, UidpFilterMessage};
use super::identities_v2::UpdateMask;
use super::page::{Order, Page, Paged, Place};
use super::role_bindings::{self, missing};
use super::schema;
use crate::gateway::timestamp::{self, Moment};
use crate::problem::Problem;
use crate::world::{Binding, Uidp, World};

#[derive(Default, Deserialize)]
#[serde(default)]
struct ListRequest {
    uidp: UidpFilterMessage,
    identity: String,
    group: String,
    role: String,
    page_size: i32,
    page_token: String,
    order_by: String,
    skip: i32,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct BindingRequest {
    identity_uid: String,
    role_uid: String,
}

#[derive(Serialize)]
struct BindingV2 {
    uid: String,
    identity: Bound,
    group: Bound,
    role: Bound,
    create_time: Moment,
    identity_uid: String,
    role_uid: String,
}

#[derive(Default, Serialize)]
struct Bound {
    uid: String,
    name: String,
    description: String,
    subject: String,
    issuer: String,
    email: String,
}

/// `GET /iam/v2/roleBindings`
pub(crate) fn list(call: &mut Call<'_>) -> Result<Value, Problem> {
    let request: ListRequest = call.query(&schema::LIST_ROLE_BINDINGS, &[])?;
    let scopes = call.scopes("role_bindings.list")?;
    let position = request.uidp.parse()?;
    let identity = filter::optional(&request.identity)?;
    let group = filter::optional(&request.group)?;
    let role = filter::optional(&request.role)?;
    let order = Order::parse(&request.order_by, &["uid", "create_time"])?;
    let query =
        format!("bindings {} {position:?} {identity:?} {group:?} {role:?} {:?}", call.caller()?.id, request.order_by);
    let page = Page::new(query.clone(), request.page_size, &request.page_token, request.skip, call.now)?;
    let admitted = |binding: &&Binding| {
        within(&scopes, &binding.id)
            && position.admits(&binding.id)
            && identity.as_ref().is_none_or(|id| *id == binding.identity)
            && group.as_ref().is_none_or(|id| *id == binding.group())
            && role.as_ref().is_none_or(|id| *id == binding.role)
    };
    let total = call
        .shared
        .counts
        .get_or_count(call.world.generation(), query, || call.world.bindings().filter(admitted).count());
    let paged: Paged<&Binding> = if order.field == "uid" && !order.descending {
        let following = call
            .world
            .bindings_after(page.after().map(|place| &place.id))
            .filter(admitted)
            .map(|binding| (Place { key: String::new(), id: binding.id.clone() }, binding));
        page.cut(following, call.now)
    } else {
        let all = call.world.bindings().filter(admitted).map(|binding| {
            let key = match order.field {
                "create_time" => timestamp::sortable(binding.created),
                _ => String::new(),
            };
            (Place { key, id: binding.id.clone() }, binding)
        });
        page.sort_and_cut(all.collect(), order.descending, call.now)
    };
    let bindings: Vec<BindingV2> = paged.items.into_iter().map(|binding| message(&call.world, binding)).collect();
    let answer = json!({
        "role_bindings": bindings,
        "next_page_token": paged.next_page_token,
        "total_count": total,
        "skipped": paged.skipped,
    });
    call.answer(&schema::ROLE_BINDINGS_PAGE, &answer)
}

/// `GET /iam/v2/roleBindings/{uid=**}`
pub(crate) fn get(call: &mut Call<'_>) -> Result<Value, Problem> {
    let id = call.target()?;
    call.require("role_bindings.list", &id)?;
    answer(call, &id)
}

/// `POST /iam/v2/roleBindings/{parent=**}`
pub(crate) fn create(call: &mut Call<'_>) -> Result<Value, Problem> {
    let request: BindingRequest = call.body(&schema::ROLE_BINDING_V2)?;
    let parent = call.target()?;
    let id = role_bindings::bind(call, &parent, &request.identity_uid, &request.role_uid)?;
    answer(call, &id)
}

/// `PATCH /iam/v2/roleBindings/{role_binding.uid=**}`
pub(crate) fn update(call: &mut Call<'_>) -> Result<Value, Problem> {
    let UpdateMask { update_mask } = call.query(&schema::UPDATE_MASK, &[])?;
    let request: BindingRequest = call.body(&schema::ROLE_BINDING_V2)?;
    let id = call.target()?;
    let old = call.world.binding(&id).cloned();
    call.require("role_bindings.update", &id)?;
    let old = old.ok_or_else(|| missing(&id))?;
    let whole = update_mask.iter().any(|path| path == "*");
    if let Some(path) = update_mask.iter().find(|path| !["*", "identity_uid", "role_uid"].contains(&path.as_str())) {
        return Err(Problem::invalid(format!("update_mask: {path:?} cannot be changed")));
    }
    let changed = |field: &str, value: &str| {
        if update_mask.is_empty() { !value.is_empty() } else { whole || update_mask.iter().any(|path| path == field) }
    };
    let pick = |field: &str, new: String, old: &Uidp| {
        if changed(field, &new) { new } else { old.to_string() }
    };
    let identity = pick("identity_uid", request.identity_uid, &old.identity);
    let role = pick("role_uid", request.role_uid, &old.role);
    role_bindings::rebind(call, &id, &identity, &role)?;
    answer(call, &id)
}

/// `DELETE /iam/v2/roleBindings/{uid=**}`: succeeds too where there is nothing to delete.
pub(crate) fn delete(call: &mut Call<'_>) -> Result<Value, Problem> {
    let id = call.target()?;
    call.require("role_bindings.delete", &id)?;
    call.world.remove_binding(&id);
    call.answer(&schema::EMPTY, &json!({}))
}

fn answer(call: &Call<'_>, id: &Uidp) -> Result<Value, Problem> {
    let binding = call.world.binding(id).ok_or_else(|| missing(id))?;
    call.answer(&schema::ROLE_BINDING_V2, &message(&call.world, binding))
}

fn message(world: &World, binding: &Binding) -> BindingV2 {
    let group = world.groups.get(&binding.group());
    let role = world.roles.get(&binding.role);
    let bound = |uid: &Uidp, name: Option<&String>, description: Option<&String>| Bound {
        uid: uid.to_string(),
        name: name.cloned().unwrap_or_default(),
        description: description.cloned().unwrap_or_default(),
        ..Bound::default()
    };
    BindingV2 {
        uid: binding.id.to_string(),
        identity: bound_identity(world, &binding.identity),
        group: bound(&binding.group(), group.map(|it| &it.name), group.map(|it| &it.description)),
        role: bound(&binding.role, role.map(|it| &it.name), role.map(|it| &it.description)),
        create_time: Moment(binding.created),
        identity_uid: binding.identity.to_string(),
        role_uid: binding.role.to_string(),
    }
}

fn bound_identity(world: &World, id: &Uidp) -> Bound {
    let uid = id.to_string();
    if let Some(user) = world.users.get(id) {
        return Bound {
            uid,
            name: user.email.clone(),
            subject: user.subject.clone(),
            issuer: user.issuer.clone(),
            email: user.email.clone(),
            ..Bound::default()
        };
    }
    let Some(identity) = world.identity(id) else { return Bound { uid, ..Bound::default() } };
    let (issuer, subject) = match identity.static_keys() {
        // Only a claim match's issuer and subject are shown here.
        Some(_) => Default::default(),
        None => identity.issuer_and_subject().unwrap_or_default(),
    };
    Bound {
        uid,
        name: identity.name.clone(),
        description: identity.description.clone(),
        subject,
        issuer,
        email: String::new(),
    }
}
