//! The lock files name packages and hashes, and no registry but the public one: where one developer's
//! machine fetched from must not become everybody's.

use std::fs;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::workspace::Workspace;

const CRATES: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// # Errors
/// The first entry that says where it comes from.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let read = |name: &str| fs::read_to_string(workspace.root.join(name)).with_context(|| format!("{name} is missing"));
    npm(&read("package-lock.json")?)?;
    npm(&read("tests/e2e/formats/programs/npm/package-lock.json")?)?;
    npm(&read("tests/e2e/clients/real/package-lock.json")?)?;
    cargo(&read("Cargo.lock")?)
}

/// A link to a package of the checkout has a path as its `resolved`; everything else has none.
fn npm(lock: &str) -> Result<()> {
    let lock: Value = serde_json::from_str(lock).context("package-lock.json is not JSON")?;
    let packages = lock["packages"].as_object().context("package-lock.json has no `packages`")?;
    for (path, package) in packages {
        let is_link = package["link"] == true;
        if !is_link && !package["resolved"].is_null() {
            bail!(
                "package-lock.json says where {path} is fetched from; run `npm install` with this folder's .npmrc again"
            );
        }
    }
    Ok(())
}

fn cargo(lock: &str) -> Result<()> {
    for source in lock.lines().filter_map(|line| line.strip_prefix("source = ")) {
        if source.trim_matches('"') != CRATES {
            bail!("Cargo.lock has a package from {source}; only crates.io is meant to be there");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_npm_lock_file_names_no_registry() {
        let clean = r#"{"packages":{"":{},"node_modules/own":{"resolved":"npm/own","link":true},"node_modules/a":{"version":"1.0.0"}}}"#;
        npm(clean).unwrap();
        let tied = r#"{"packages":{"node_modules/a":{"version":"1.0.0","resolved":"https://registry.example/a.tgz"}}}"#;
        assert!(npm(tied).unwrap_err().to_string().contains("node_modules/a"));
    }

    #[test]
    fn a_cargo_lock_file_names_crates_io_alone() {
        cargo(&format!("[[package]]\nsource = \"{CRATES}\"\n")).unwrap();
        assert!(cargo("source = \"registry+https://mirror.example/index\"\n").is_err());
    }
}
