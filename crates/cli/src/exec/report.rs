//! `--report`: what was installed, and from where.

use std::io::Write as _;
use std::path::Path;

use pulltoken_core::{Error, ErrorCode, Result};
use pulltoken_sealed::Served;
use serde::Serialize;

/// The file's only form so far.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    registry: &'a str,
    served: &'a [Served],
}

/// Writes the report in place of the file, whole or not at all. It holds no secret.
///
/// # Errors
/// `file_unwritable`.
pub(crate) fn write(path: &Path, registry: &str, served: &[Served]) -> Result<()> {
    let unwritable = |error: std::io::Error| {
        let shown = pulltoken_core::text::printable_prefix(&path.display().to_string(), 200);
        Error::new(ErrorCode::FileUnwritable, format!("the report could not be written to {shown}: {error}"))
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".report-").tempfile_in(folder).map_err(unwritable)?;
    let report = Report { version: VERSION, registry, served };
    serde_json::to_writer_pretty(&mut file, &report).map_err(|error| unwritable(error.into()))?;
    writeln!(file).map_err(unwritable)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // A report is there to be read, unlike other files that begin as temporary ones.
        file.as_file().set_permissions(std::fs::Permissions::from_mode(0o644)).map_err(unwritable)?;
    }
    file.persist(path).map(drop).map_err(|error| unwritable(error.error))
}
