//! `verifyAccess`.

use pulltoken_core::api::registry::AccessReport;
use pulltoken_core::js::{CredentialsInput, Fields, FromFields};
use pulltoken_core::{BaseUrl, Ecosystem, Result};

use crate::access;
use crate::host::Transport;

/// The arguments of `verifyAccess`.
#[derive(Debug)]
pub struct VerifyArguments {
    /// What the pair should open.
    pub ecosystem: String,
    /// The pair.
    pub credentials: CredentialsInput,
}

impl FromFields for VerifyArguments {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self { ecosystem: fields.text("ecosystem")?, credentials: fields.object("credentials")? })
    }
}

pub(super) async fn verify<T: Transport>(
    transport: &T,
    registry: &BaseUrl,
    arguments: VerifyArguments,
) -> Result<AccessReport> {
    let ecosystem = Ecosystem::parse(&arguments.ecosystem)?;
    access::verify(transport, registry, ecosystem, &arguments.credentials.into()).await
}
