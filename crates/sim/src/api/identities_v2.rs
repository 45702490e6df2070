//! Identities, version 2 of the API: in pages, changed field by field.

use serde::Deserialize;
use serde_json::{Value, json};

use super::call::{Call, within};
use super::filter::UidpFilterMessage;
use super::identities::{self, Lookup};
use super::identity_message::IdentityV2;
use super::page::{Order, Page, Paged, Place};
use super::schema;
use crate::gateway::json;
use crate::gateway::timestamp;
use crate::problem::Problem;
use crate::world::{Identity, Relationship, Uidp};

#[derive(Default, Deserialize)]
#[serde(default)]
struct ListRequest {
    uidp: UidpFilterMessage,
    name: String,
    relationship_type: i32,
    page_size: i32,
    page_token: String,
    order_by: String,
    skip: i32,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct UpdateMask {
    pub(crate) update_mask: Vec<String>,
}

/// `GET /iam/v2/identities`
pub(crate) fn list(call: &mut Call<'_>) -> Result<Value, Problem> {
    let request: ListRequest = call.query(&schema::LIST_IDENTITIES, &[])?;
    let scopes = call.scopes("identity.list")?;
    let position = request.uidp.parse()?;
    let order = Order::parse(&request.order_by, &["uid", "name", "create_time", "last_seen_time"])?;
    let query = format!(
        "identities {} {position:?} {:?} {} {:?}",
        call.caller()?.id,
        request.name,
        request.relationship_type,
        request.order_by
    );
    let page = Page::new(query.clone(), request.page_size, &request.page_token, request.skip, call.now)?;
    let admitted = |identity: &&Identity| {
        within(&scopes, &identity.id)
            && position.admits(&identity.id)
            && (request.name.is_empty() || identity.name == request.name)
            && (request.relationship_type == 0 || request.relationship_type == relationship_type(identity))
    };
    let total = call
        .shared
        .counts
        .get_or_count(call.world.generation(), query, || call.world.identities().filter(admitted).count());
    let paged: Paged<&Identity> = if order.field == "uid" && !order.descending {
        let following = call
            .world
            .identities_after(page.after().map(|place| &place.id))
            .filter(admitted)
            .map(|identity| (place(identity, "uid"), identity));
        page.cut(following, call.now)
    } else {
        let all = call.world.identities().filter(admitted);
        let all = all.map(|identity| (place(identity, order.field), identity)).collect();
        page.sort_and_cut(all, order.descending, call.now)
    };
    let identities: Vec<IdentityV2> = paged.items.into_iter().map(IdentityV2::from).collect();
    let answer = json!({
        "identities": identities,
        "next_page_token": paged.next_page_token,
        "total_count": total,
        "skipped": paged.skipped,
    });
    call.answer(&schema::IDENTITIES_PAGE, &answer)
}

/// `GET /iam/v2/identities/{uid=**}`
pub(crate) fn get(call: &mut Call<'_>) -> Result<Value, Problem> {
    let id = call.target()?;
    call.require("identity.list", &id)?;
    answer(call, &id)
}

/// `POST /iam/v2/identities/{parent=**}`
pub(crate) fn create(call: &mut Call<'_>) -> Result<Value, Problem> {
    let message: IdentityV2 = call.body(&schema::IDENTITY_V2)?;
    let id = identities::create_draft(call, message.into(), true)?;
    answer(call, &id)
}

/// `PATCH /iam/v2/identities/{identity.uid=**}`: the fields of the mask, or all that are set.
pub(crate) fn update(call: &mut Call<'_>) -> Result<Value, Problem> {
    let request: UpdateMask = call.query(&schema::UPDATE_MASK, &[])?;
    let patch: IdentityV2 = call.body(&schema::IDENTITY_V2)?;
    let id = call.target()?;
    call.require("identity.update", &id)?;
    let old = call.world.identity(&id).ok_or_else(|| identities::missing(&id))?;
    let merged = merge(&IdentityV2::from(old), &patch, &request.update_mask)?;
    identities::replace(call, &id, merged.into(), true)?;
    answer(call, &id)
}

/// `DELETE /iam/v2/identities/{uid=**}`
pub(crate) fn delete(call: &mut Call<'_>) -> Result<Value, Problem> {
    identities::delete(call)
}

/// `GET /iam/v2/identities:lookupIdentity`: for people the id they have or are going to have.
pub(crate) fn lookup(call: &mut Call<'_>) -> Result<Value, Problem> {
    let wanted: Lookup = call.query(&schema::LOOKUP, &[])?;
    call.caller()?;
    if wanted.issuer.is_empty() || wanted.subject.is_empty() {
        return Err(Problem::invalid("issuer and subject are required"));
    }
    let known = call.world.identity_by_subject(&wanted.issuer, &wanted.subject).cloned();
    let uid = known.unwrap_or_else(|| Uidp::of_user(&wanted.issuer, &wanted.subject));
    call.answer(&schema::UID, &json!({ "uid": uid }))
}

const CHANGEABLE: [&str; 5] = ["name", "description", "claim_match", "static_keys", "aws_identity"];

fn merge(old: &IdentityV2, patch: &IdentityV2, mask: &[String]) -> Result<IdentityV2, Problem> {
    let lost = |error: serde_json::Error| Problem::internal(error.to_string());
    let mut merged = serde_json::to_value(old).map_err(lost)?;
    let patch = serde_json::to_value(patch).map_err(lost)?;
    let everything = mask.iter().any(|path| path == "*");
    let is_set = |field: &str| patch.get(field).is_some_and(|value| !value.is_null() && value.as_str() != Some(""));
    let implied: Vec<String> =
        CHANGEABLE.iter().filter(|field| everything || is_set(field)).map(|&field| field.to_owned()).collect();
    let paths = if mask.is_empty() || everything { &implied } else { mask };
    for path in paths {
        let path: Vec<&str> = path.split('.').collect();
        if !path.first().is_some_and(|field| CHANGEABLE.contains(field)) {
            return Err(Problem::invalid(format!("update_mask: {:?} cannot be changed", path.join("."))));
        }
        let pointer = format!("/{}", path.join("/"));
        let new = patch.pointer(&pointer).cloned().unwrap_or(Value::Null);
        match merged.pointer_mut(&pointer) {
            Some(slot) => *slot = new,
            None => {
                return Err(Problem::invalid(format!("update_mask: there is no field {:?}", path.join("."))));
            }
        }
    }
    json::typed(merged)
}

fn relationship_type(identity: &Identity) -> i32 {
    match identity.relationship {
        Relationship::ClaimMatch(_) => 1,
        Relationship::Static(_) => 2,
        Relationship::Aws(_) => 3,
    }
}

fn place(identity: &Identity, field: &str) -> Place {
    let key = match field {
        "name" => identity.name.clone(),
        "create_time" => timestamp::sortable(identity.created),
        "last_seen_time" => identity.last_seen.map(timestamp::sortable).unwrap_or_default(),
        _ => String::new(),
    };
    Place { key, id: identity.id.clone() }
}

fn answer(call: &Call<'_>, id: &Uidp) -> Result<Value, Problem> {
    let identity = call.world.identity(id).ok_or_else(|| identities::missing(id))?;
    call.answer(&schema::IDENTITY_V2, &IdentityV2::from(identity))
}
