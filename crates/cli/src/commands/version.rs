//! `pulltoken version`.

use std::process::ExitCode;

use pulltoken_core::Result;
use serde_json::json;

use crate::common::Common;
use crate::output::{self, Output};

/// Prints the version.
pub(super) fn run(common: &Common) -> Result<ExitCode> {
    let version = env!("CARGO_PKG_VERSION");
    match common.output {
        Output::Json => output::print_json(&json!({"version": version}))?,
        _ => output::print(&format!("pulltoken {version}\n"))?,
    }
    Ok(ExitCode::SUCCESS)
}
