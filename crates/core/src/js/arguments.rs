//! Reading arguments, and saying which one is wrong without showing it.

use super::fields::{Fields, FromFields};
use crate::error::{Error, ErrorCode, Result};

/// The arguments of a function of one text.
#[derive(Debug)]
pub struct Text {
    /// The text.
    pub text: String,
}

impl FromFields for Text {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self { text: fields.text("text")? })
    }
}

/// Reads the arguments of a function from their JSON text.
///
/// # Errors
/// `usage`, naming the argument and what it should be.
pub fn read<A: FromFields>(function: &'static str, text: &str) -> Result<A> {
    A::from_fields(&mut Fields::read(function, text)?)
}

/// Says what is wrong with which value.
pub(super) fn refusal(function: &str, what: &str, place: &str) -> Error {
    let place = if place.is_empty() { String::new() } else { format!(" in `{place}`") };
    Error::new(ErrorCode::Usage, format!("{function}: {what}{place}"))
        .with_hint("see the types of the package `pulltoken` for what the function takes")
}
