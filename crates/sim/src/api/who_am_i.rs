//! `GET /auth/v1/ok`: who the token belongs to and what it may do.

use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;

use super::call::Call;
use super::groups::GroupMessage;
use super::roles::RoleMessage;
use super::schema;
use crate::gateway::timestamp::Moment;
use crate::problem::Problem;

#[derive(Serialize)]
struct WhoAmI<'a> {
    issuer: &'a str,
    subject: &'a str,
    audience: Vec<&'a str>,
    expiry: Option<Moment>,
    issued_at: Option<Moment>,
    capabilities: Vec<Capability>,
    email: String,
}

#[derive(Serialize)]
struct Capability {
    group: GroupMessage,
    role: RoleMessage,
}

pub(crate) fn get(call: &mut Call<'_>) -> Result<Value, Problem> {
    let caller = call.caller()?;
    let moment = |seconds: Option<i64>| {
        seconds.and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok()).map(Moment)
    };
    let capabilities = call
        .world
        .bindings_of(&caller.id)
        .filter_map(|binding| {
            let group = call.world.groups.get(&binding.group())?;
            let role = call.world.roles.get(&binding.role)?;
            Some(Capability { group: group.into(), role: role.into() })
        })
        .collect();
    let email = call.world.users.get(&caller.id).map(|user| user.email.clone());
    let answer = WhoAmI {
        issuer: caller.claims.issuer(),
        subject: caller.claims.subject(),
        audience: caller.claims.audiences(),
        expiry: moment(caller.claims.expires_at()),
        issued_at: moment(caller.claims.issued_at()),
        capabilities,
        email: email.unwrap_or_default(),
    };
    call.answer(&schema::WHO_AM_I, &answer)
}
