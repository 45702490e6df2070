//! Node, and the npm packages of the lock file.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::progress;
use crate::workspace::{Workspace, program};

/// The oldest Node that the bundler and the package take.
const OLDEST: (u32, u32) = (20, 19);

/// Left in node_modules: the lock file it was installed from.
const INSTALLED_FROM: &str = ".installed-from.json";

pub(crate) fn ensure_version() -> Result<()> {
    let (major, minor) = OLDEST;
    let wanted = format!("Node {major}.{minor} or newer is needed");
    let output = program("node")
        .arg("--version")
        .output()
        .with_context(|| format!("{wanted} and none was found; install it from https://nodejs.org"))?;
    let found = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    match parse_version(&found) {
        Some(version) if version >= OLDEST => Ok(()),
        _ => bail!("{wanted} and `node --version` says `{found}`; install it from https://nodejs.org"),
    }
}

/// Runs `npm ci` unless what is installed came from this very lock file.
pub(crate) fn ensure_packages(workspace: &Workspace) -> Result<()> {
    let lock = fs::read(workspace.root.join("package-lock.json")).context("package-lock.json is missing")?;
    let marker = workspace.root.join("node_modules").join(INSTALLED_FROM);
    if fs::read(&marker).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    progress::step(workspace, "npm packages", workspace.npm().args(["ci", "--no-audit", "--no-fund"]))?
        .require("check the network and npm's registry, then run this again")?;
    fs::write(&marker, lock).with_context(|| format!("cannot write {}", marker.display()))
}

/// Reads `v20.19.5` as (20, 19).
fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.strip_prefix('v')?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(parse_version("v20.9.0").unwrap() < OLDEST);
        assert!(parse_version("v20.19.0").unwrap() >= OLDEST);
        assert!(parse_version("v100.0.0").unwrap() >= OLDEST);
        assert_eq!(parse_version("20.19"), None);
    }
}
