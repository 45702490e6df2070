//! What the registry and the object store saw.

use anyhow::{Result, ensure};
use serde::Deserialize;

use super::simulator::Simulator;
use crate::http;

/// How many requests are shown by name.
const SHOWN: usize = 8;

/// An entry of the simulator's log.
#[derive(Deserialize)]
struct Request {
    part: String,
    method: String,
    path: String,
    status: Option<u16>,
    authenticated: bool,
    authorization: Option<String>,
}

/// Prints the log.
///
/// # Errors
/// A request reached the registry without an accepted credential, or the object store with one.
pub(super) fn show(simulator: &Simulator) -> Result<()> {
    let log: Vec<Request> = http::get_json(&format!("{}/__sim/requests", simulator.line.registry))?;
    let of = |part: &str| log.iter().filter(|request| request.part == part).collect::<Vec<_>>();
    let (registry, storage) = (of("registry"), of("storage"));

    for request in registry.iter().chain(&storage).take(SHOWN) {
        println!("  {}", request.line());
    }
    if registry.len() + storage.len() > SHOWN {
        println!("  … and {} more", registry.len() + storage.len() - SHOWN);
    }
    let authenticated = registry.iter().filter(|request| request.authenticated).count();
    let trusting = storage.iter().filter(|request| request.authorization.is_some()).count();
    println!("registry: {authenticated} of {} requests authenticated", registry.len());
    println!("object store: {trusting} of {} requests with a credential", storage.len());

    ensure!(
        !registry.is_empty() && authenticated == registry.len(),
        "a request reached the registry without the credential"
    );
    ensure!(!storage.is_empty(), "nothing was downloaded from the object store");
    ensure!(trusting == 0, "the object store was sent the credential");
    Ok(())
}

impl Request {
    fn line(&self) -> String {
        let Self { part, method, path, status, authorization, .. } = self;
        let status = status.map_or_else(|| "---".to_owned(), |status| status.to_string());
        format!("{part:9} {status} {method:4} {path}  {}", authorization.as_deref().unwrap_or("no credential"))
    }
}
