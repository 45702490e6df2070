//! Which ecosystems' libraries an organisation may pull.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::call::{Call, within};
use super::filter;
use super::schema;
use crate::gateway::json::body_value;
use crate::problem::Problem;
use crate::world::{Ecosystem, Entitlement};

const POLICY_CHAINGUARD: i32 = 1;
const SOURCE_TRIAL: i32 = 1;
const COOLDOWN_DAYS: i32 = 7;

#[derive(Serialize)]
struct EntitlementMessage {
    id: String,
    ecosystem: Ecosystem,
    policy: i32,
    source: i32,
    cooldown_days: i32,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Filter {
    parent_id: String,
    ecosystems: Vec<i32>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CreateRequest {
    policy: i32,
    source: i32,
    cooldown_days: Option<i32>,
}

/// `GET /libraries/v1/entitlements?parent_id=`
pub(crate) fn list(call: &mut Call<'_>) -> Result<Value, Problem> {
    let filter: Filter = call.query(&schema::ENTITLEMENT_FILTER, &[])?;
    let scopes = call.scopes("libraries.entitlements.list")?;
    let parent = filter::required(&filter.parent_id)?;
    let wanted = |ecosystem: &Ecosystem| {
        filter.ecosystems.is_empty() || filter.ecosystems.iter().any(|number| *ecosystem == Ecosystem::Number(*number))
    };
    let items: Vec<EntitlementMessage> = call
        .world
        .entitlements
        .values()
        .filter(|entitlement| within(&scopes, &entitlement.id))
        .filter(|entitlement| entitlement.id.parent().as_ref() == Some(&parent))
        .filter(|entitlement| wanted(&entitlement.ecosystem))
        .map(EntitlementMessage::from)
        .collect();
    call.answer(&schema::ENTITLEMENT_LIST, &json!({ "items": items }))
}

/// `POST /libraries/v1/entitlements/{parent_id=**}`: the body is the bare enum number.
pub(crate) fn create(call: &mut Call<'_>) -> Result<Value, Problem> {
    let number = ecosystem_number(call.body)?;
    let request: CreateRequest = call.query(&schema::CREATE_ENTITLEMENT, &["parent_id", "ecosystem"])?;
    let parent = call.target()?;
    call.require("libraries.entitlements.create", &parent)?;
    if !call.world.groups.contains_key(&parent) {
        return Err(Problem::not_found(format!("group {parent} does not exist")));
    }
    let name = schema::ECOSYSTEM
        .name(number)
        .filter(|_| number != 0)
        .ok_or_else(|| Problem::invalid(format!("{number} is no ecosystem")))?;
    let cooldown_days = request.cooldown_days.unwrap_or(COOLDOWN_DAYS);
    if !(0..=3650).contains(&cooldown_days) {
        return Err(Problem::invalid("cooldown_days must be between 0 and 3650"));
    }
    let source = if request.source == 0 { SOURCE_TRIAL } else { request.source };
    if name.ends_with("_ATHENA") && source == SOURCE_TRIAL {
        return Err(Problem::invalid(format!("{name} cannot be had on trial")));
    }
    let number = i32::try_from(number).unwrap_or_default();
    if call.world.entitlement(&parent, number).is_some() {
        return Err(Problem::exists(format!("the organization is entitled to {name} already")));
    }
    let entitlement = Entitlement {
        id: call.world.ids.child_of(&parent),
        ecosystem: Ecosystem::Number(number),
        policy: if request.policy == 0 { POLICY_CHAINGUARD } else { request.policy },
        source,
        cooldown_days,
    };
    let answer = call.answer(&schema::ENTITLEMENT, &EntitlementMessage::from(&entitlement));
    call.world.entitlements.insert(entitlement.id.clone(), entitlement);
    answer
}

/// `DELETE /libraries/v1/entitlements/{id=**}`
pub(crate) fn delete(call: &mut Call<'_>) -> Result<Value, Problem> {
    let id = call.target()?;
    call.require("libraries.entitlements.delete", &id)?;
    call.world
        .entitlements
        .remove(&id)
        .ok_or_else(|| Problem::not_found(format!("entitlement {id} does not exist")))?;
    call.answer(&schema::EMPTY, &json!({}))
}

/// The gateway takes an enum that is a whole body as a number only.
fn ecosystem_number(body: &[u8]) -> Result<i64, Problem> {
    match body_value(body)? {
        None => Ok(0),
        Some(Value::Number(number)) if number.is_i64() || number.is_u64() => Ok(number.as_i64().unwrap_or(i64::MAX)),
        Some(Value::String(name)) => {
            Err(Problem::invalid(format!("unmarshaling of symbolic enum {name:?} not supported: libraries.Ecosystem")))
        }
        Some(other) => Err(Problem::invalid(format!("cannot assign {other} into type libraries.Ecosystem"))),
    }
}

impl From<&Entitlement> for EntitlementMessage {
    fn from(entitlement: &Entitlement) -> Self {
        Self {
            id: entitlement.id.to_string(),
            ecosystem: entitlement.ecosystem.clone(),
            policy: entitlement.policy,
            source: entitlement.source,
            cooldown_days: entitlement.cooldown_days,
        }
    }
}
