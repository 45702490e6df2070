//! Files that exist for one run alone, in a folder of the user's alone. They hold no secret of ours,
//! and go when the run ends; what a killed run left goes with the next.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use pulltoken_core::{Error, ErrorCode, Result};
use tempfile::NamedTempFile;

const PREFIX: &str = "run-";

/// The file, removed when dropped.
pub(crate) struct RunFile(NamedTempFile);

impl RunFile {
    /// Writes a file whose name ends in `suffix`. Its name is new: nothing is overwritten or followed.
    ///
    /// # Errors
    /// `file_unwritable`.
    pub(crate) fn write(suffix: &str, content: &[u8]) -> Result<Self> {
        let folder = pulltoken_native::private_folder("run")?;
        remove_left(&folder);
        let mut tries = 0;
        loop {
            let file = Self::try_write(&folder, suffix, content)?;
            tries += 1;
            // Between its making and its lock, another run may have taken it for one that was left.
            if file.path().exists() || tries == 3 {
                return Ok(file);
            }
        }
    }

    fn try_write(folder: &Path, suffix: &str, content: &[u8]) -> Result<Self> {
        let unwritable = |error: std::io::Error| {
            let message = format!("no file could be written below {}: {error}", folder.display());
            Error::new(ErrorCode::FileUnwritable, message)
        };
        let mut file =
            tempfile::Builder::new().prefix(PREFIX).suffix(suffix).tempfile_in(folder).map_err(unwritable)?;
        // Says to other runs that this one lives. Shared, since a lock may keep readers out on Windows.
        file.as_file().lock_shared().map_err(unwritable)?;
        file.write_all(content).and_then(|()| file.flush()).map_err(unwritable)?;
        Ok(Self(file))
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }
}

/// Removes the files of runs that were killed: those that nobody holds a lock on.
fn remove_left(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX)) {
        let Ok(file) = File::open(entry.path()) else { continue };
        if file.try_lock().is_ok() {
            // Another run may have been quicker.
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_that_nobody_holds_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let held = RunFile::try_write(folder.path(), ".pem", b"x").unwrap();
        let (left, other) = (folder.path().join("run-left"), folder.path().join("other"));
        fs::write(&left, "").unwrap();
        fs::write(&other, "").unwrap();
        remove_left(folder.path());
        assert!(held.path().exists() && other.exists() && !left.exists());
    }
}
