//! Reading arguments, and saying which one is wrong without showing it.

use serde::de::DeserializeOwned;

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

/// Reads the arguments of a function from their JSON text with serde, for the client's functions: they
/// are many, and in no module whose size matters.
///
/// # Errors
/// `usage`, naming the argument and what it should be.
pub fn read<A: DeserializeOwned>(function: &str, text: &str) -> Result<A> {
    serde_json::from_str(text)
        .map_err(|error: serde_json::Error| refusal(function, &describe(&error), &place(text, &error)))
}

/// Says what is wrong with which value.
pub(super) fn refusal(function: &str, what: &str, place: &str) -> Error {
    let place = if place.is_empty() { String::new() } else { format!(" in `{place}`") };
    Error::new(ErrorCode::Usage, format!("{function}: {what}{place}"))
        .with_hint("see the types of the package `pulltoken` for what the function takes")
}

/// The names that lead to the value where reading ended, such as `options.ecosystem`; empty for the
/// whole. A deserializer that keeps track would double the size of what reads arguments.
fn place(text: &str, error: &serde_json::Error) -> String {
    let line = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
    let read = text.as_bytes().get(..line + error.column()).unwrap_or(text.as_bytes());
    // Of each object or list that is open, the name of the value that was read last.
    let mut names: Vec<&[u8]> = Vec::new();
    let mut latest: &[u8] = b"";
    let mut at = 0;
    while let Some(byte) = read.get(at) {
        match byte {
            b'{' | b'[' => names.push(b""),
            b'}' | b']' => drop(names.pop()),
            b'"' => {
                let start = at + 1;
                at = start + string_length(&read[start..]);
                latest = &read[start..at];
            }
            b':' | b',' => {
                if let Some(name) = names.last_mut() {
                    *name = if *byte == b':' { latest } else { b"" };
                }
            }
            _ => {}
        }
        at += 1;
    }
    names.retain(|name| !name.is_empty());
    String::from_utf8_lossy(&names.join(&b'.')).into_owned()
}

/// How long a string of JSON is that begins here, without its quote at the end.
fn string_length(text: &[u8]) -> usize {
    let mut is_escaped = false;
    let end = text.iter().position(|byte| {
        let ends = *byte == b'"' && !is_escaped;
        is_escaped = *byte == b'\\' && !is_escaped;
        ends
    });
    end.unwrap_or(text.len())
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
