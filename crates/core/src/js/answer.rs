//! The envelope around a result.

use serde::Serialize;

use super::arguments::read;
use super::fields::FromFields;
use crate::error::{Error, ErrorCode, Result};

/// Reads the arguments, calls the function and writes the envelope.
pub(super) fn respond<A: FromFields, R: Serialize>(
    function: &'static str,
    text: &str,
    call: impl FnOnce(A) -> Result<R>,
) -> String {
    match read(function, text).and_then(call) {
        Ok(value) => success(&value),
        Err(error) => failure(&error),
    }
}

/// `{"ok": value}`.
pub fn success(value: &impl Serialize) -> String {
    #[derive(Serialize)]
    struct Success<'a, T> {
        ok: &'a T,
    }
    serde_json::to_string(&Success { ok: value })
        .unwrap_or_else(|_| failure(&Error::new(ErrorCode::Internal, "the result could not be written as JSON")))
}

/// `{"error": {code, message, hint, status?, requestId?}}`.
pub fn failure(error: &Error) -> String {
    #[derive(Serialize)]
    struct Failure<'a> {
        error: &'a Error,
    }
    // Texts and numbers always serialise; the other branch keeps the promise of JSON all the same.
    serde_json::to_string(&Failure { error })
        .unwrap_or_else(|_| r#"{"error":{"code":"internal","message":"","hint":""}}"#.to_owned())
}
