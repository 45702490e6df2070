//! A token that the job itself was given under a name of ours: GitLab's `id_tokens:`, a credential that
//! Jenkins binds, or any other system's.

use std::path::Path;

use pulltoken_core::text::printable_prefix;
use pulltoken_core::{Error, ErrorCode, Result, Secret};

use super::Job;

/// Variables that hold a token; the second is the name that the vendor's examples use.
pub(super) const VARIABLES: [&str; 2] = ["PULLTOKEN_ID_TOKEN", "CHAINGUARD_ID_TOKEN"];
/// The variable that holds the path of a file with one.
const FILE_VARIABLE: &str = "PULLTOKEN_ID_TOKEN_FILE";

/// The token given, and where it stood.
pub(super) fn token(job: &Job<'_>) -> Result<Option<(Secret, String)>> {
    for name in VARIABLES {
        if let Some(value) = job.set(name) {
            return Ok(Some((Secret::new(value), name.to_owned())));
        }
    }
    let Some(path) = job.set(FILE_VARIABLE) else { return Ok(None) };
    let shown = printable_prefix(&path, 200);
    match (job.file)(Path::new(&path)) {
        Ok(text) => Ok(Some((Secret::new(text), shown))),
        Err(error) => {
            let message = format!("{FILE_VARIABLE} names {shown}, which could not be read: {error}");
            Err(Error::new(ErrorCode::FileUnreadable, message))
        }
    }
}
