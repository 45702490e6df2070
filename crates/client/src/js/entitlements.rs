//! `listEntitlements`, `createEntitlement` and `deleteEntitlement`.

use pulltoken_core::api::entitlements::{Entitlement, Policy};
use pulltoken_core::js::{Fields, FromFields};
use pulltoken_core::{Ecosystem, Result, Uidp};

use super::create::parent;
use crate::client::Client;
use crate::host::Host;

/// Whose entitlements to list.
#[derive(Debug)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "EntitlementFilter", optional_fields))]
pub struct ListEntitlementsArguments {
    /// The organisation, by name or identifier; the only one that the session sees, if absent.
    pub parent: Option<String>,
}

/// The entitlement to create.
#[derive(Debug)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "NewEntitlement", rename_all = "camelCase", optional_fields))]
pub struct CreateEntitlementArguments {
    /// The organisation, by name or identifier; the only one that the session sees, if absent.
    pub parent: Option<String>,
    /// The ecosystem.
    #[cfg_attr(feature = "ts", ts(type = "AnyEcosystem"))]
    pub ecosystem: String,
    /// Which packages it serves: `POLICY_CHAINGUARD` or `POLICY_CHAINGUARD_AND_UPSTREAM`.
    pub policy: Option<String>,
    /// Days that an upstream version must have been out, at most 3650; 7 if absent.
    #[cfg_attr(feature = "ts", ts(optional, type = "number"))]
    pub cooldown_days: Option<u64>,
}

/// The arguments of `deleteEntitlement`.
#[derive(Debug)]
pub struct DeleteEntitlementArguments {
    /// The entitlement's identifier.
    pub id: String,
}

impl FromFields for ListEntitlementsArguments {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self { parent: fields.optional_text("parent")? })
    }
}

impl FromFields for CreateEntitlementArguments {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self {
            parent: fields.optional_text("parent")?,
            ecosystem: fields.text("ecosystem")?,
            policy: fields.optional_text("policy")?,
            cooldown_days: fields.optional_count("cooldownDays")?,
        })
    }
}

impl FromFields for DeleteEntitlementArguments {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self { id: fields.text("id")? })
    }
}

pub(super) async fn list<H: Host>(client: &Client<H>, asked: ListEntitlementsArguments) -> Result<Vec<Entitlement>> {
    client.list_entitlements(&parent(asked.parent.as_deref())).await.map(|(_, list)| list)
}

pub(super) async fn create<H: Host>(client: &Client<H>, wanted: CreateEntitlementArguments) -> Result<Entitlement> {
    let ecosystem = Ecosystem::parse(&wanted.ecosystem)?;
    let policy = wanted.policy.as_deref().map(Policy::parse).transpose()?;
    // More than fit are more than there may be, and are refused as that.
    let days = wanted.cooldown_days.map(|days| u32::try_from(days).unwrap_or(u32::MAX));
    let made = client.create_entitlement(&parent(wanted.parent.as_deref()), ecosystem, policy, days).await?;
    Ok(made.1)
}

pub(super) async fn delete<H: Host>(client: &Client<H>, arguments: DeleteEntitlementArguments) -> Result<()> {
    client.delete_entitlement(&Uidp::parse(&arguments.id)?).await
}
