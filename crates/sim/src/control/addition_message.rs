//! What tests outside Rust add to the world, past every client.

use std::time::Duration;

use serde::Deserialize;

use crate::spec::{IdentitySpec, OrganizationSpec};

/// More would only fill the memory: nobody looks at so many.
const MOST: usize = 100_000;

/// `{"name":"old","organization":"<UIDP>","count":9,"roles":["libraries.java.pull"],"expiresIn":-3600}`:
/// pull tokens whose times are given in seconds from now; a negative `expiresIn` is one that has ended.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PullTokensMessage {
    name: String,
    #[serde(default)]
    description: String,
    pub(super) organization: String,
    count: Option<usize>,
    #[serde(default)]
    roles: Vec<String>,
    expires_in: Option<i64>,
    created_ago: Option<u64>,
    last_seen_ago: Option<u64>,
}

impl PullTokensMessage {
    pub(super) fn into_spec(self) -> Result<IdentitySpec, String> {
        let mut spec = IdentitySpec::pull_token(&self.name).description(&self.description);
        match self.count {
            Some(count) if count > MOST => return Err(format!("at most {MOST} at once")),
            Some(count) => spec = spec.count(count),
            None => {}
        }
        for role in &self.roles {
            spec = spec.role(role);
        }
        if let Some(ago) = self.created_ago {
            spec = spec.created_ago(Duration::from_secs(ago));
        }
        if let Some(ago) = self.last_seen_ago {
            spec = spec.last_seen_ago(Duration::from_secs(ago));
        }
        Ok(match self.expires_in {
            None => spec,
            Some(after) if after < 0 => spec.expired_since(Duration::from_secs(after.unsigned_abs())),
            Some(after) => spec.expires_in(Duration::from_secs(after.unsigned_abs())),
        })
    }
}

/// `{"name":"elsewhere","entitlements":["JAVA"]}`: an organisation of the simulator's owner.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrganizationMessage {
    name: String,
    #[serde(default)]
    entitlements: Vec<String>,
}

impl OrganizationMessage {
    pub(super) fn into_spec(self) -> OrganizationSpec {
        self.entitlements.iter().fold(OrganizationSpec::new(&self.name), |spec, ecosystem| spec.entitlement(ecosystem))
    }
}
