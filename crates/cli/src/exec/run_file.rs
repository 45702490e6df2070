//! Files that exist for one run alone, in a folder of the user's alone. They hold no secret of ours,
//! and go when the run ends; what a killed run left goes with the next.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

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

    /// Leaves the file to the program that takes this process over: it holds the lock from then on,
    /// and the next run after it removes the file.
    pub(crate) fn leave_to_successor(self) {
        // Where that fails the file may go with another run, while it is still read.
        #[cfg(unix)]
        let _ = rustix::io::fcntl_setfd(self.0.as_file(), rustix::io::FdFlags::empty());
        std::mem::forget(self);
    }
}

/// A folder for one run, kept by a file beside it: one goes with the other.
pub(crate) struct RunFolder {
    path: PathBuf,
    /// Goes last: as long as it is held, the folder is.
    _keeper: RunFile,
}

impl RunFolder {
    /// Makes one that is empty and open to this user alone.
    ///
    /// # Errors
    /// `file_unwritable`.
    pub(crate) fn make() -> Result<Self> {
        let keeper = RunFile::write("", b"")?;
        let path = folder_of(keeper.path());
        let made = Self { path, _keeper: keeper };
        make_private(&made.path).map_err(|error| {
            let message = format!("{} could not be made: {error}", made.path.display());
            Error::new(ErrorCode::FileUnwritable, message)
        })?;
        Ok(made)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for RunFolder {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the next run.
        let _ = fs::remove_dir_all(&self.path);
    }
}

#[cfg(unix)]
fn make_private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().mode(0o700).create(path)
}

#[cfg(not(unix))]
fn make_private(path: &Path) -> std::io::Result<()> {
    fs::create_dir(path)
}

fn folder_of(keeper: &Path) -> PathBuf {
    keeper.with_extension("d")
}

/// Removes the files of runs that were killed: those that nobody holds a lock on.
fn remove_left(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX)) {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            // Its keeper is made before it and goes after it.
            if !path.with_extension("").exists() {
                let _ = fs::remove_dir_all(path);
            }
            continue;
        }
        let Ok(file) = File::open(&path) else { continue };
        if file.try_lock().is_ok() {
            // Another run may have been quicker.
            let _ = fs::remove_dir_all(folder_of(&path));
            let _ = fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_that_nobody_holds_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let held = RunFile::try_write(folder.path(), "", b"x").unwrap();
        let (left, other) = (folder.path().join("run-left"), folder.path().join("other"));
        fs::write(&left, "").unwrap();
        fs::write(&other, "").unwrap();
        let (kept, alone) = (folder_of(&left), folder.path().join("run-alone.d"));
        fs::create_dir(&kept).unwrap();
        fs::create_dir(&alone).unwrap();
        fs::write(alone.join("ca.pem"), "").unwrap();
        let folder_held = folder_of(held.path());
        fs::create_dir(&folder_held).unwrap();
        remove_left(folder.path());
        assert!(held.path().exists() && other.exists() && !left.exists());
        assert!(folder_held.exists() && !kept.exists() && !alone.exists());
    }
}
