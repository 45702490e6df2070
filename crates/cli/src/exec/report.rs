//! `--report`: what was installed, and from where.

use std::fmt::Display;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use pulltoken_core::{Error, ErrorCode, Result};
use pulltoken_sealed::Served;
use serde::Serialize;
use tempfile::NamedTempFile;

/// The file's only form so far.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    registry: &'a str,
    served: &'a [Served],
}

/// Checks that the report can be written, and leaves nothing: it is found out before anything runs.
///
/// # Errors
/// `file_unwritable`.
pub(crate) fn check(path: &Path) -> Result<()> {
    if path.is_dir() {
        return Err(unwritable(path, "it is a folder"));
    }
    begin(path).map(drop)
}

/// Writes the report in place of the file, whole or not at all. It holds no secret.
///
/// # Errors
/// `file_unwritable`.
pub(crate) fn write(path: &Path, registry: &str, served: &[Served]) -> Result<()> {
    let failed = |error: std::io::Error| unwritable(path, error);
    let mut file = begin(path)?;
    let report = Report { version: VERSION, registry, served };
    serde_json::to_writer_pretty(&mut file, &report).map_err(|error| failed(error.into()))?;
    writeln!(file).map_err(failed)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // A report is there to be read, unlike other files that begin as temporary ones.
        file.as_file().set_permissions(std::fs::Permissions::from_mode(0o644)).map_err(failed)?;
    }
    file.persist(path).map(drop).map_err(|error| failed(error.error))
}

/// A file beside it that goes unless it takes its place.
fn begin(path: &Path) -> Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let made = tempfile::Builder::new().prefix(".report-").tempfile_in(folder);
    // The error itself names the file beside it, of which nobody knows.
    made.map_err(|error| match error.kind() {
        ErrorKind::NotFound => unwritable(path, "its folder does not exist"),
        kind => unwritable(path, kind),
    })
}

fn unwritable(path: &Path, why: impl Display) -> Error {
    let shown = pulltoken_core::text::printable_prefix(&path.display().to_string(), 200);
    Error::new(ErrorCode::FileUnwritable, format!("the report could not be written to {shown}: {why}"))
}
