//! What a command needs before it can start. A thing that is missing is installed; one line says so.

pub(crate) mod browsers;
mod debian;
mod node;
pub(crate) mod programs;
mod rust;

use anyhow::Result;

use crate::workspace::Workspace;

/// The wasm target, Node, and the npm packages of the lock file.
///
/// # Errors
/// One of them is missing and could not be installed; the message says what to install.
pub(crate) fn toolchains(workspace: &Workspace) -> Result<()> {
    rust::ensure_components(workspace)?;
    node::ensure_version()?;
    node::ensure_packages(workspace)
}
