//! CI jobs as tests play them: their tokens, and what the issuer makes of them.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use pulltoken_sim::Sim;
use serde_json::json;

pub(crate) const GITHUB: &str = "https://token.actions.githubusercontent.com";
pub(crate) const GITLAB: &str = "https://gitlab.com";

/// A job's token with this subject, signed by its CI system for the simulated issuer.
pub(crate) fn token(sim: &Sim, issuer: &str, subject: &str) -> String {
    sim.ci_token(issuer, json!({"sub": subject})).unwrap()
}

/// Whether the issuer lets the holder of a token be an identity.
pub(crate) fn may_be(sim: &Sim, identity: &str, token: &str) -> bool {
    let url = pulltoken_core::BaseUrl::parse(&sim.addresses().issuer).unwrap();
    let identity = pulltoken_core::Uidp::parse(identity).unwrap();
    let host = pulltoken_native::NativeHost::new(pulltoken_native::HttpTransport::new(Default::default()));
    let variable = |name: &str| (name == "PULLTOKEN_ID_TOKEN").then(|| token.to_owned());
    let job = pulltoken_client::ambient::Job { variable: &variable, ..pulltoken_native::ci_job() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let session = pulltoken_client::ambient::session(&host, &url, &job, &identity, "libraries.cgr.dev");
    match runtime.block_on(session) {
        Ok(_) => true,
        Err(error) => {
            assert_eq!(error.code().as_str(), "sign_in_refused", "{error}");
            false
        }
    }
}
