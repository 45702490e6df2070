//! Asking the registry whether a credential opens an ecosystem.

use pulltoken_core::api::registry::{self, AccessReport};
use pulltoken_core::{BaseUrl, Credentials, Ecosystem, Result};

use crate::host::Transport;

/// One request to the registry, and its answer explained. No session is needed.
///
/// # Errors
/// `usage` for an ecosystem that another registry serves; `network`, `tls`, `timeout`,
/// `rate_limited` and `server_error`, which say nothing of the credential.
pub async fn verify<T: Transport>(
    transport: &T,
    registry: &BaseUrl,
    ecosystem: Ecosystem,
    credentials: &Credentials,
) -> Result<AccessReport> {
    let request = registry::request(registry, ecosystem, credentials)?;
    let response = transport.send(request).await.map_err(|failure| failure.error)?;
    registry::parse(&response, ecosystem, credentials)
}
