//! What JavaScript may say of the network.

use pulltoken_core::Result;
use pulltoken_core::js::{self, Fields, FromFields};
use pulltoken_native::{ConnectTo, TransportOptions};

struct Input {
    /// Rules of the form `HOST:PORT:ADDRESS:PORT`.
    connect_to: Option<Vec<String>>,
    /// A file in PEM form with authorities to trust beside the others.
    ca_file: Option<String>,
}

impl FromFields for Input {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self { connect_to: fields.optional_texts("connectTo")?, ca_file: fields.optional_text("caFile")? })
    }
}

/// Reads them from the JSON text of a client's options.
///
/// # Errors
/// `usage` for a rule that is none, and for values of another kind.
pub(crate) fn read(text: &str) -> Result<TransportOptions> {
    let input: Input = js::read("Client", text)?;
    let connect_to =
        input.connect_to.unwrap_or_default().iter().map(|rule| ConnectTo::parse(rule)).collect::<Result<_>>()?;
    Ok(TransportOptions { connect_to, ca_file: input.ca_file.map(Into::into), ..TransportOptions::default() })
}
