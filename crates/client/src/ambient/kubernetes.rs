//! A pod's service-account token, projected into a file with an audience of its own.

use std::io;
use std::path::Path;

use pulltoken_core::{Error, ErrorCode, Result, Secret};

use super::Job;

/// Where the documentation has the token projected to.
const DEFAULT_PATH: &str = "/var/run/secrets/pulltoken/token";

/// The projected token and its place, if there is one.
pub(super) fn token(job: &Job<'_>) -> Result<Option<(Secret, String)>> {
    match (job.file)(Path::new(DEFAULT_PATH)) {
        Ok(text) => Ok(Some((Secret::new(text), DEFAULT_PATH.to_owned()))),
        // Nothing is mounted there, or a parent of it is no folder: this is not such a pod.
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(error) => {
            let message = format!("the projected token {DEFAULT_PATH} could not be read: {error}");
            Err(Error::new(ErrorCode::FileUnreadable, message)
                .with_hint("set the pod's securityContext.fsGroup to a group of the user that runs this"))
        }
    }
}
