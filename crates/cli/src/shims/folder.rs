//! Where shims are, and how a shell is told.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use etcetera::base_strategy::{BaseStrategy as _, choose_native_strategy};
use pulltoken_core::{Error, ErrorCode, Result};

/// The folder for a user's own shims: below the folder for programs' data.
///
/// # Errors
/// `file_unwritable` where there is no home folder.
pub(crate) fn of_user() -> Result<PathBuf> {
    let strategy = choose_native_strategy().map_err(|_| {
        Error::new(ErrorCode::FileUnwritable, "there is no home folder to keep shims in")
            .with_hint("set HOME, or name a folder with --dir")
    })?;
    Ok(strategy.data_dir().join("pulltoken").join("shims"))
}

/// This program, as shims call it.
///
/// # Errors
/// `internal` where the system does not tell.
pub(crate) fn program() -> Result<PathBuf> {
    std::env::current_exe().map_err(|error| {
        Error::new(ErrorCode::Internal, format!("the system does not tell where pulltoken is: {error}"))
    })
}

/// `PATH` with a folder at its front, once.
pub(crate) fn in_front(folder: &Path, path: &OsStr) -> OsString {
    let rest = std::env::split_paths(path).filter(|one| one != folder);
    let joined = std::env::join_paths([folder.to_owned()].into_iter().chain(rest));
    // A folder with a separator in its name cannot stand there.
    joined.unwrap_or_else(|_| path.to_owned())
}

/// Whether a folder stands at the front of `PATH`.
pub(crate) fn is_in_front(folder: &Path, path: &OsStr) -> bool {
    std::env::split_paths(path).next().is_some_and(|first| first == folder)
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_stands_in_front_once() {
        let shims = Path::new("/s");
        for path in ["/a:/b", "/a:/s:/b", "/s:/a:/b"] {
            assert_eq!(in_front(shims, OsStr::new(path)), "/s:/a:/b");
        }
        assert!(is_in_front(shims, OsStr::new("/s:/a")) && !is_in_front(shims, OsStr::new("/a:/s")));
        assert_eq!(in_front(Path::new("/a:b"), OsStr::new("/c")), "/c");
    }
}
