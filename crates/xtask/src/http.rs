//! Asks the simulator, on loopback and without encryption.

use anyhow::{Context, Result};
use serde::de::DeserializeOwned;
use serde_json::Value;
use ureq::http::Response;
use ureq::{Agent, Body};

/// The JSON at a URL.
///
/// # Errors
/// No answer, an answer that is a refusal, or another shape than the one asked for.
pub(crate) fn get_json<T: DeserializeOwned>(url: &str) -> Result<T> {
    read(url, agent().get(url).call())
}

/// The JSON that a URL answers with when it is sent some.
///
/// # Errors
/// No answer, an answer that is a refusal, or another shape than the one asked for.
pub(crate) fn post_json<T: DeserializeOwned>(url: &str, body: &Value) -> Result<T> {
    read(url, agent().post(url).send(body.to_string()))
}

/// A proxy that the environment names is not for loopback.
fn agent() -> Agent {
    Agent::new_with_config(Agent::config_builder().proxy(None).build())
}

fn read<T: DeserializeOwned>(url: &str, answer: Result<Response<Body>, ureq::Error>) -> Result<T> {
    let body = answer.and_then(|mut answer| answer.body_mut().read_to_string());
    let body = body.with_context(|| format!("{url} did not answer"))?;
    serde_json::from_str(&body).with_context(|| format!("{url} answered with something else than expected"))
}
