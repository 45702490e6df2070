//! The table of ecosystems.

use serde::Serialize;

use super::fields::{Fields, FromFields};
use crate::base_url::BaseUrl;
use crate::ecosystem::Ecosystem;
use crate::error::Result;
use crate::formats::DEFAULT_REGISTRY;

/// The arguments of `ecosystems`.
#[derive(Debug, Default)]
pub struct EcosystemsArguments {
    /// The libraries registry, if it is not the vendor's.
    pub registry: Option<String>,
}

impl FromFields for EcosystemsArguments {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self { registry: fields.optional_text("registry")? })
    }
}

/// One row of the table.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct EcosystemInfo {
    /// The name that `--repository` takes.
    pub ecosystem: Ecosystem,
    /// The role that a token needs in order to pull.
    pub role: &'static str,
    /// The role that a person needs in order to create such tokens; an owner may as well.
    pub creator_role: String,
    /// The entitlement's name on the platform; absent for what needs none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entitlement: Option<&'static str>,
    /// The variable that holds the username.
    pub identity_variable: &'static str,
    /// The variable that holds the password.
    pub token_variable: &'static str,
    /// The variable that holds base64 of `username:password`.
    pub auth_variable: &'static str,
    /// The repositories' URLs, each with a slash at its end, most used first.
    pub repository_urls: Vec<String>,
}

pub(super) fn ecosystems(arguments: EcosystemsArguments) -> Result<Vec<EcosystemInfo>> {
    let registry = BaseUrl::parse(arguments.registry.as_deref().unwrap_or(DEFAULT_REGISTRY))?;
    let row = |ecosystem: Ecosystem| EcosystemInfo {
        ecosystem,
        role: ecosystem.role(),
        creator_role: ecosystem.creator_role(),
        entitlement: ecosystem.entitlement(),
        identity_variable: ecosystem.identity_variable(),
        token_variable: ecosystem.token_variable(),
        auth_variable: ecosystem.auth_variable(),
        repository_urls: ecosystem.repository_urls(&registry),
    };
    Ok(Ecosystem::ALL.iter().copied().map(row).collect())
}

/// The arguments of `ecosystemOfRole`.
#[derive(Debug)]
pub struct RoleArguments {
    /// A role's name, such as `libraries.java.pull`.
    pub role: String,
}

impl FromFields for RoleArguments {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self { role: fields.text("role")? })
    }
}

pub(super) fn ecosystem_of_role(arguments: RoleArguments) -> Result<Option<Ecosystem>> {
    Ok(Ecosystem::of_role(&arguments.role))
}
