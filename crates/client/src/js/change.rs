//! `updatePullToken`, `deletePullToken` and `setRole`: one token, changed.

use pulltoken_core::api::identity_update::Change;
use pulltoken_core::js::{Fields, FromFields};
use pulltoken_core::{Description, Name, Result, Uidp};

use super::create::ecosystems;
use crate::client::Client;
use crate::host::Host;
use crate::tokens::RoleChange;

/// What to change of a pull token; what is absent stays.
#[derive(Debug)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "PullTokenChange", optional_fields))]
pub struct UpdateArguments {
    /// The token's identifier.
    pub id: String,
    /// Its new name.
    pub name: Option<String>,
    /// Its new description.
    pub description: Option<String>,
}

/// The arguments of `deletePullToken`.
#[derive(Debug)]
pub struct DeleteArguments {
    /// The token's identifier.
    pub id: String,
    /// Whether any other identity may be deleted as well.
    pub any_identity: Option<bool>,
}

/// What a pull token is to open.
#[derive(Debug)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "RoleWish", optional_fields))]
pub struct SetRoleArguments {
    /// The token's identifier.
    pub id: String,
    /// What it is to open.
    #[cfg_attr(feature = "ts", ts(optional, type = "AnyEcosystem"))]
    pub ecosystem: Option<String>,
    /// What it is to open, where it is more than one thing.
    #[cfg_attr(feature = "ts", ts(optional, type = "AnyEcosystem[]"))]
    pub ecosystems: Option<Vec<String>>,
}

impl FromFields for UpdateArguments {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self {
            id: fields.text("id")?,
            name: fields.optional_text("name")?,
            description: fields.optional_text("description")?,
        })
    }
}

impl FromFields for DeleteArguments {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self { id: fields.text("id")?, any_identity: fields.optional_flag("anyIdentity")? })
    }
}

impl FromFields for SetRoleArguments {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self {
            id: fields.text("id")?,
            ecosystem: fields.optional_text("ecosystem")?,
            ecosystems: fields.optional_texts("ecosystems")?,
        })
    }
}

pub(super) async fn update<H: Host>(client: &Client<H>, arguments: UpdateArguments) -> Result<()> {
    let change = Change {
        name: arguments.name.as_deref().map(Name::parse).transpose()?,
        description: arguments.description.as_deref().map(Description::parse).transpose()?,
        expires_at: None,
    };
    client.update_pull_token(&Uidp::parse(&arguments.id)?, change).await
}

pub(super) async fn delete<H: Host>(client: &Client<H>, arguments: DeleteArguments) -> Result<()> {
    client.delete_pull_token(&Uidp::parse(&arguments.id)?, arguments.any_identity.unwrap_or(false)).await
}

pub(super) async fn set_role<H: Host>(client: &Client<H>, arguments: SetRoleArguments) -> Result<RoleChange> {
    let ecosystems = ecosystems(arguments.ecosystem, arguments.ecosystems)?;
    client.set_role(&Uidp::parse(&arguments.id)?, &ecosystems).await
}
