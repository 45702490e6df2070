//! Debian's packages, where this is a Debian and we may install.

use std::process::Command;

use anyhow::Result;

use crate::progress;
use crate::workspace::{Workspace, program};

#[cfg(unix)]
pub(super) fn can_install() -> bool {
    nix::unistd::geteuid().is_root() && std::path::Path::new("/usr/bin/apt-get").exists()
}

#[cfg(not(unix))]
pub(super) fn can_install() -> bool {
    false
}

/// From the lists at hand, and once more with fresh ones: an image often has none, or old ones.
///
/// # Errors
/// apt-get failed both times; `advice` says what to do instead.
pub(super) fn install(workspace: &Workspace, title: &str, packages: &[&str], advice: &str) -> Result<()> {
    let mut install = apt_get();
    install.args(["install", "-y", "--no-install-recommends"]).args(packages);
    let finished = progress::step(workspace, title, &mut install)?;
    if finished.status.success() {
        finished.report("");
        return Ok(());
    }
    progress::step(workspace, "package lists", apt_get().arg("update"))?.require(advice)?;
    progress::step(workspace, title, &mut install)?.require(advice)?;
    Ok(())
}

fn apt_get() -> Command {
    let mut command = program("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}
