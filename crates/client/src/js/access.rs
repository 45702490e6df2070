//! `verifyAccess`.

use pulltoken_core::api::registry::AccessReport;
use pulltoken_core::js::CredentialsInput;
use pulltoken_core::{BaseUrl, Ecosystem, Result};
use serde::Deserialize;

use crate::access;
use crate::host::Transport;

/// The arguments of `verifyAccess`.
#[derive(Debug, Deserialize)]
pub struct VerifyArguments {
    /// What the pair should open.
    pub ecosystem: String,
    /// The pair.
    pub credentials: CredentialsInput,
}

pub(super) async fn verify<T: Transport>(
    transport: &T,
    registry: &BaseUrl,
    arguments: VerifyArguments,
) -> Result<AccessReport> {
    let ecosystem = Ecosystem::parse(&arguments.ecosystem)?;
    access::verify(transport, registry, ecosystem, &arguments.credentials.into()).await
}
