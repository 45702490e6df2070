//! Reads a page of the simulator's, on loopback and without encryption.

use anyhow::{Context, Result};
use serde::de::DeserializeOwned;

/// The JSON at a URL.
///
/// # Errors
/// No answer, an answer that is a refusal, or another shape than the one asked for.
pub(crate) fn get_json<T: DeserializeOwned>(url: &str) -> Result<T> {
    // A proxy that the environment names is not for loopback.
    let agent = ureq::Agent::new_with_config(ureq::Agent::config_builder().proxy(None).build());
    let body = agent.get(url).call().and_then(|mut answer| answer.body_mut().read_to_string());
    let body = body.with_context(|| format!("{url} did not answer"))?;
    serde_json::from_str(&body).with_context(|| format!("{url} answered with something else than expected"))
}
