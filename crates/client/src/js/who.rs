//! `whoami`.

use pulltoken_core::api::whoami::{self, Grant};
use pulltoken_core::{Result, Timestamp};
use serde::Serialize;

use crate::client::Client;
use crate::host::Host;

/// Who the session belongs to, and what it may do where.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "WhoAmI"))]
#[serde(rename_all = "camelCase")]
pub struct WhoAmIInfo {
    /// The identifier of the person or identity.
    pub subject: String,
    /// The e-mail address, where the platform knows one.
    pub email: Option<String>,
    /// Who issued the session.
    pub issuer: Option<String>,
    /// What the session is for.
    pub audience: Vec<String>,
    /// When the session ends.
    #[cfg_attr(feature = "ts", ts(type = "Date | null"))]
    pub expires_at: Option<Timestamp>,
    /// The roles held.
    pub roles: Vec<HeldRoleInfo>,
}

/// A role that is held, and what it allows.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "CallerRole"))]
pub struct HeldRoleInfo {
    /// The identifier and name of the group at which and below which it is held.
    #[cfg_attr(feature = "ts", ts(type = "{ id: string; name: string }"))]
    pub group: GroupInfo,
    /// Its name.
    pub role: String,
    /// What it allows, such as `identity.create`.
    pub capabilities: Vec<String>,
}

/// A group as the platform names it.
#[derive(Debug, Serialize)]
pub struct GroupInfo {
    id: String,
    name: String,
}

pub(super) async fn whoami<H: Host>(client: &Client<H>) -> Result<WhoAmIInfo> {
    let me = whoami::parse(&client.send(whoami::request(&client.caller)).await?)?;
    let known = |text: String| Some(text).filter(|text| !text.is_empty());
    Ok(WhoAmIInfo {
        subject: me.subject,
        email: known(me.email),
        issuer: known(me.issuer),
        audience: me.audience,
        expires_at: me.expiry,
        roles: me.capabilities.into_iter().map(role).collect(),
    })
}

fn role(grant: Grant) -> HeldRoleInfo {
    HeldRoleInfo {
        group: GroupInfo { id: grant.group.id, name: grant.group.name },
        role: grant.role.name,
        capabilities: grant.role.capabilities,
    }
}
