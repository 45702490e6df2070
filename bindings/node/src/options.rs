//! What JavaScript may say of the network.

use std::path::PathBuf;

use pulltoken_core::{Result, js};
use pulltoken_native::{ConnectTo, TransportOptions};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    /// Rules of the form `HOST:PORT:ADDRESS:PORT`.
    connect_to: Option<Vec<String>>,
    /// A file in PEM form with authorities to trust beside the others.
    ca_file: Option<PathBuf>,
}

/// Reads them from the JSON text of a client's options.
///
/// # Errors
/// `usage` for a rule that is none, and for values of another kind.
pub(crate) fn read(text: &str) -> Result<TransportOptions> {
    let input: Input = js::read("Client", text)?;
    let connect_to =
        input.connect_to.unwrap_or_default().iter().map(|rule| ConnectTo::parse(rule)).collect::<Result<_>>()?;
    Ok(TransportOptions { connect_to, ca_file: input.ca_file, ..TransportOptions::default() })
}
