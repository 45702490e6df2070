//! A running `pulltoken-sim`, ended when dropped.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::process;
use crate::workspace::program;

/// The process and what it said of itself.
pub(crate) struct Simulator {
    /// Its line.
    pub(crate) line: Line,
    child: Child,
}

/// What `pulltoken-sim --print-env` prints.
#[derive(Deserialize)]
pub(crate) struct Line {
    pub(crate) api: String,
    pub(crate) registry: String,
    pub(crate) organization: Organization,
    /// Variables that point `pulltoken` at it.
    pub(crate) env: BTreeMap<String, String>,
    tokens: BTreeMap<String, String>,
    /// With `--tls`, its authority's certificate and where the real names are.
    #[serde(rename = "caFile")]
    pub(crate) ca_file: Option<PathBuf>,
    #[serde(rename = "connectTo")]
    pub(crate) connect_to: Option<String>,
}

/// The organisation that the sessions are for.
#[derive(Deserialize)]
pub(crate) struct Organization {
    pub(crate) id: String,
}

impl Simulator {
    /// Starts it and waits until it serves.
    ///
    /// # Errors
    /// It did not start or said something unexpected.
    pub(crate) fn start(path: &Path) -> Result<Self> {
        Self::start_with(path, &[])
    }

    /// The same with further arguments.
    ///
    /// # Errors
    /// It did not start or said something unexpected.
    pub(crate) fn start_with(path: &Path, arguments: &[&str]) -> Result<Self> {
        // The pipe on its standard input stays open as long as this process lives, and it ends with the pipe.
        let mut child = process::spawn(
            program(path).arg("--print-env").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()),
        )?;
        let mut text = String::new();
        if let Some(stdout) = child.stdout.as_mut() {
            BufReader::new(stdout).read_line(&mut text)?;
        }
        let line = serde_json::from_str(&text).context("the simulator did not print its addresses");
        match line {
            Ok(line) => Ok(Self { line, child }),
            Err(error) => {
                process::end(&mut child);
                Err(error)
            }
        }
    }

    /// A session of one of the roles it offers.
    pub(crate) fn token(&self, role: &str) -> Result<&str> {
        self.line.tokens.get(role).map(String::as_str).with_context(|| format!("the simulator has no session `{role}`"))
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        process::end(&mut self.child);
    }
}
