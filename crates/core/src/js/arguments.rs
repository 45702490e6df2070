//! Reading arguments, and saying which one is wrong without showing it.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, ErrorCode, Result};

/// The arguments of a function of one text.
#[derive(Debug, Deserialize)]
pub struct Text {
    /// The text.
    pub text: String,
}

/// Reads the arguments of a function from their JSON text.
///
/// # Errors
/// `usage`, naming the argument and what it should be.
pub fn read<A: DeserializeOwned>(function: &str, text: &str) -> Result<A> {
    // A second reading keeps track of the place; most calls never need it.
    serde_json::from_str(text).or_else(|_| {
        let mut source = serde_json::Deserializer::from_str(text);
        serde_path_to_error::deserialize(&mut source).map_err(|error| {
            let path = error.path().to_string();
            let what = describe(&error.into_inner());
            let place = if path == "." { String::new() } else { format!(" in `{path}`") };
            Error::new(ErrorCode::Usage, format!("{function}: {what}{place}"))
                .with_hint("see the types of the package `pulltoken` for what the function takes")
        })
    })
}

/// serde's complaint without the value that it is about.
fn describe(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(text, _)| text);
    if text.starts_with("missing field ") || text.starts_with("unknown field ") {
        return text.replacen("field", "value", 1);
    }
    // "invalid type: string "…", expected u64": the value may hold anything, the rest is serde's.
    match text.rsplit_once(", expected ") {
        Some((_, "u64" | "u32" | "u16")) => "expected a whole number that is not negative".to_owned(),
        Some((_, "f64")) => "expected a number".to_owned(),
        Some((_, wanted)) if wanted.starts_with("struct ") => "expected an object".to_owned(),
        Some((_, wanted)) => format!("expected {wanted}"),
        None => "a text that is not whole: half of a surrogate pair".to_owned(),
    }
}
