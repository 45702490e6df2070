//! Signing in by a code that a person types in elsewhere (RFC 8628).

use std::time::Duration;

use pulltoken_core::api::DEFAULT_ISSUER;
use pulltoken_core::api::device::{self, DeviceCode, Progress};
use pulltoken_core::{BaseUrl, Result, Secret};

use super::{patiently, send};
use crate::host::Host;
use crate::retry::{self, Rules};

/// Our name at an OpenID provider, unless it knows us by another.
pub const CLIENT_ID: &str = "pulltoken";
/// The provider behind the vendor's own issuer, whose configuration says where codes are given.
const VENDOR_PROVIDER: &str = "https://auth.chainguard.dev";
/// The longest that a code is waited for, whatever the provider says.
const LONGEST: Duration = Duration::from_secs(1800);

/// Whom to ask, and as which client.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The OpenID provider.
    pub provider: &'a BaseUrl,
    /// The client's identifier there.
    pub client_id: &'a str,
}

/// Who gives device codes for an issuer: the vendor's provider for the vendor's, any other itself.
///
/// # Errors
/// None that can happen.
pub fn provider_of(issuer: &BaseUrl) -> Result<BaseUrl> {
    match issuer.as_str() {
        DEFAULT_ISSUER => BaseUrl::parse(VENDOR_PROVIDER),
        _ => Ok(issuer.clone()),
    }
}

/// Shows a code, and waits for the ID token of whoever types it in.
///
/// # Errors
/// `sign_in_refused` where the person denies it or the code expires; those of the network.
pub async fn by_device<H: Host>(host: &H, ask: Ask<'_>, show: impl FnOnce(&DeviceCode)) -> Result<Secret> {
    let answer = send(host, device::discovery(ask.provider)).await?;
    let provider = device::parse_discovery(&answer, ask.provider)?;
    let code = device::parse_authorization(&send(host, provider.authorization(ask.client_id)).await?)?;
    show(&code);
    let mut pause = Duration::from_secs(u64::from(code.interval_seconds));
    let waiting = async {
        loop {
            host.sleep(pause).await;
            let request = provider.poll(ask.client_id, &code);
            // A question whose answer was lost is asked again: the provider says so if that was too soon.
            let answer = match retry::send(host, request, Rules::Never).await {
                Ok(answer) => answer,
                Err(failure) if failure.may_have_arrived => continue,
                Err(failure) => return Err(failure.error),
            };
            match device::parse_poll(&answer)? {
                Progress::Pending => {}
                Progress::SlowDown => pause += Duration::from_secs(5),
                Progress::Agreed(token) => return Ok(token),
            }
        }
    };
    let limit = Duration::from_secs(u64::from(code.expires_in_seconds)).min(LONGEST);
    patiently(host, limit, waiting).await
}
