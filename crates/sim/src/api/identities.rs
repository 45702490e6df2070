//! Identities, version 1 of the API.

use serde::Deserialize;
use serde_json::{Value, json};

use super::call::{Call, within};
use super::filter::{self, UidpFilterMessage};
use super::identity_message::{Draft, IdentityV1};
use super::identity_rules::{Accepted, Rules};
use super::schema;
use crate::problem::Problem;
use crate::world::{Identity, Uidp};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Filter {
    uidp: UidpFilterMessage,
    id: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Lookup {
    pub(crate) issuer: String,
    pub(crate) subject: String,
}

/// `GET /iam/v1/identities`: not paginated.
pub(crate) fn list(call: &mut Call<'_>) -> Result<Value, Problem> {
    let filter: Filter = call.query(&schema::IDENTITY_FILTER, &[])?;
    let scopes = call.scopes("identity.list")?;
    let (id, position) = (filter::optional(&filter.id)?, filter.uidp.parse()?);
    let items: Vec<IdentityV1> = call
        .world
        .identities()
        .filter(|identity| within(&scopes, &identity.id))
        .filter(|identity| id.as_ref().is_none_or(|id| *id == identity.id))
        .filter(|identity| position.admits(&identity.id))
        .map(IdentityV1::from)
        .collect();
    call.answer(&schema::IDENTITY_LIST, &json!({ "items": items }))
}

/// `GET /iam/v1/identities/lookup`: open to every caller.
pub(crate) fn lookup(call: &mut Call<'_>) -> Result<Value, Problem> {
    let wanted: Lookup = call.query(&schema::LOOKUP, &[])?;
    call.caller()?;
    let found = call
        .world
        .identity_by_subject(&wanted.issuer, &wanted.subject)
        .and_then(|id| call.world.identity(id))
        .ok_or_else(|| Problem::not_found("no identity has this issuer and subject"))?;
    call.answer(&schema::IDENTITY, &IdentityV1::from(found))
}

/// `POST /iam/v1/identities/{parent_id=**}`
pub(crate) fn create(call: &mut Call<'_>) -> Result<Value, Problem> {
    let message: IdentityV1 = call.body(&schema::IDENTITY)?;
    let id = create_draft(call, message.into(), false)?;
    answer(call, &id)
}

/// `PUT /iam/v1/identities/{id=**}`: the whole identity.
pub(crate) fn update(call: &mut Call<'_>) -> Result<Value, Problem> {
    let message: IdentityV1 = call.body(&schema::IDENTITY)?;
    let id = call.target()?;
    call.require("identity.update", &id)?;
    replace(call, &id, message.into(), false)?;
    answer(call, &id)
}

/// `DELETE /iam/v1/identities/{id=**}`
pub(crate) fn delete(call: &mut Call<'_>) -> Result<Value, Problem> {
    let id = call.target()?;
    call.require("identity.delete", &id)?;
    call.world.remove_identity(&id).ok_or_else(|| missing(&id))?;
    call.answer(&schema::EMPTY, &json!({}))
}

/// Makes an identity below the group in the path.
pub(crate) fn create_draft(call: &mut Call<'_>, draft: Draft, v2: bool) -> Result<Uidp, Problem> {
    let parent = call.target()?;
    call.require("identity.create", &parent)?;
    if !call.world.groups.contains_key(&parent) {
        return Err(Problem::not_found(format!("group {parent} does not exist")));
    }
    let rules = Rules { now: call.now, max_ttl: call.shared.options.max_ttl, old: None, v2 };
    let Accepted { name, description, relationship } = rules.accept(draft)?;
    let identity = Identity {
        id: call.world.ids.child_of(&parent),
        name,
        description,
        created: call.now,
        updated: call.now,
        last_seen: None,
        relationship,
    };
    check_unique(call, &identity)?;
    let id = identity.id.clone();
    call.world.put_identity(identity);
    Ok(id)
}

/// Puts a draft in the place of an identity.
pub(crate) fn replace(call: &mut Call<'_>, id: &Uidp, draft: Draft, v2: bool) -> Result<(), Problem> {
    let old = call.world.identity(id).ok_or_else(|| missing(id))?;
    let rules = Rules { now: call.now, max_ttl: call.shared.options.max_ttl, old: Some(old), v2 };
    let Accepted { name, description, relationship } = rules.accept(draft)?;
    let new = Identity { name, description, updated: call.now, relationship, ..old.clone() };
    check_unique(call, &new)?;
    call.world.put_identity(new);
    Ok(())
}

pub(crate) fn missing(id: &Uidp) -> Problem {
    Problem::not_found(format!("identity {id} does not exist"))
}

fn check_unique(call: &Call<'_>, identity: &Identity) -> Result<(), Problem> {
    let Some((issuer, subject)) = identity.issuer_and_subject() else { return Ok(()) };
    match call.world.identity_by_subject(&issuer, &subject) {
        Some(other) if *other != identity.id => {
            Err(Problem::exists("an identity with this issuer and subject exists already"))
        }
        _ => Ok(()),
    }
}

fn answer(call: &Call<'_>, id: &Uidp) -> Result<Value, Problem> {
    let identity = call.world.identity(id).ok_or_else(|| missing(id))?;
    call.answer(&schema::IDENTITY, &IdentityV1::from(identity))
}
