//! Finding a program as a shell would, and no other than the user meant.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use pulltoken_core::text::printable_prefix;
use pulltoken_core::{Error, ErrorCode, Result};

use crate::shims::files::is_shim;

/// The file that a shell would run for this word.
///
/// # Errors
/// `command_not_found`, `command_not_executable`.
pub(crate) fn find(word: &OsStr) -> Result<PathBuf> {
    let path = Path::new(word);
    let shown = printable_prefix(&word.to_string_lossy(), 100);
    let candidates: Vec<PathBuf> = if path.components().count() > 1 {
        vec![path.to_owned()]
    } else {
        let folders = std::env::var_os("PATH").unwrap_or_default();
        // An empty or relative entry would run what the project put there.
        let folders: Vec<_> = std::env::split_paths(&folders).filter(|folder| folder.is_absolute()).collect();
        folders.into_iter().flat_map(|folder| names(word).into_iter().map(move |name| folder.join(name))).collect()
    };
    // A shim of ours would only come back here.
    let existing: Vec<_> = candidates.into_iter().filter(|it| it.is_file() && !is_shim(it)).collect();
    match existing.iter().find(|candidate| is_executable(candidate)) {
        Some(found) => Ok(found.clone()),
        None => match existing.first() {
            None => Err(Error::new(ErrorCode::CommandNotFound, format!("`{shown}` was not found"))),
            Some(first) => {
                Err(Error::new(ErrorCode::CommandNotExecutable, format!("`{}` is not executable", first.display())))
            }
        },
    }
}

#[cfg(not(windows))]
fn names(word: &OsStr) -> Vec<PathBuf> {
    vec![PathBuf::from(word)]
}

#[cfg(windows)]
fn names(word: &OsStr) -> Vec<PathBuf> {
    [".cmd", ".exe", ""].iter().map(|ending| PathBuf::from(format!("{}{ending}", word.to_string_lossy()))).collect()
}

/// Whether the system would run this file, for all that its permissions say.
#[cfg(unix)]
pub(crate) fn is_executable(path: &Path) -> bool {
    rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok()
}

/// On Windows a file's name tells.
#[cfg(not(unix))]
pub(crate) fn is_executable(_path: &Path) -> bool {
    true
}
