//! A folder of the user's alone.

use std::fs;
use std::path::{Path, PathBuf};

use pulltoken_core::{Error, ErrorCode, Result};

/// A folder of this name that nobody else can write to or read: below the runtime folder where the
/// system has one (it is gone after logging out), else below our cache folder. Made if missing.
///
/// # Errors
/// `file_unwritable` where it cannot be made, or belongs to somebody else.
pub fn private_folder(name: &str) -> Result<PathBuf> {
    let folder = base()?.join(name);
    make_private(&folder)?;
    Ok(folder)
}

/// The same where it is there already; nothing is made and nothing is changed.
pub fn existing_private_folder(name: &str) -> Option<PathBuf> {
    base().ok().map(|base| base.join(name)).filter(|folder| folder.is_dir())
}

fn base() -> Result<PathBuf> {
    configured().or_else(runtime_folder).map_or_else(cache_folder, Ok)
}

/// Our folder for what is kept between runs: `PULLTOKEN_CACHE_DIR`, else below the user's cache
/// folder. It need not exist.
///
/// # Errors
/// `file_unwritable` where there is no home folder.
pub(crate) fn cache_folder() -> Result<PathBuf> {
    configured().or_else(|| Some(user_cache_folder()?.join("pulltoken"))).ok_or_else(|| {
        Error::new(ErrorCode::FileUnwritable, "there is no home folder to keep files in")
            .with_hint("set HOME or PULLTOKEN_CACHE_DIR")
    })
}

/// Makes sure that a folder is there, and that nobody else can write to or read it or the one above.
///
/// # Errors
/// `file_unwritable`.
pub(crate) fn make_private(folder: &Path) -> Result<()> {
    make(folder).map_err(|error| {
        Error::new(ErrorCode::FileUnwritable, format!("{} could not be made: {error}", folder.display()))
    })?;
    if let Some(base) = folder.parent() {
        check(base)?;
    }
    check(folder)
}

fn configured() -> Option<PathBuf> {
    std::env::var_os("PULLTOKEN_CACHE_DIR").filter(|path| !path.is_empty()).map(PathBuf::from)
}

#[cfg(unix)]
fn make(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make(folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)
}

/// Refuses a folder in which somebody else could put or exchange files.
#[cfg(unix)]
fn check(folder: &Path) -> Result<()> {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    let refuse = |what: &str| {
        Err(Error::new(ErrorCode::FileUnwritable, format!("{} {what}", folder.display()))
            .with_hint("remove it, or set PULLTOKEN_CACHE_DIR to a folder of your own"))
    };
    let Ok(metadata) = fs::symlink_metadata(folder) else { return refuse("cannot be looked at") };
    if !metadata.is_dir() {
        return refuse("is not a folder");
    }
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        return refuse("belongs to another user");
    }
    if metadata.mode() & 0o022 != 0 {
        return refuse("can be written to by other users");
    }
    if metadata.mode() & 0o077 != 0 {
        let private = fs::Permissions::from_mode(0o700);
        if fs::set_permissions(folder, private).is_err() {
            return refuse("can be read by other users");
        }
    }
    Ok(())
}

/// On Windows a user's own folders are closed to others by their access lists.
#[cfg(not(unix))]
fn check(_folder: &Path) -> Result<()> {
    Ok(())
}

fn runtime_folder() -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("XDG_RUNTIME_DIR")?);
    (folder.is_absolute() && check(&folder).is_ok()).then(|| folder.join("pulltoken"))
}

/// The folder in which every program has its cache.
pub(crate) fn user_cache_folder() -> Option<PathBuf> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    if cfg!(windows) {
        absolute("LOCALAPPDATA")
    } else if let Some(folder) = absolute("XDG_CACHE_HOME") {
        Some(folder)
    } else if cfg!(target_os = "macos") {
        Some(std::env::home_dir()?.join("Library/Caches"))
    } else {
        Some(std::env::home_dir()?.join(".cache"))
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_folder_that_others_may_write_to_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        make(&path).unwrap();
        assert!(check(&path).is_ok());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        assert!(check(&path).is_ok());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o777)).unwrap();
        assert_eq!(check(&path).unwrap_err().code(), ErrorCode::FileUnwritable);
    }

    #[test]
    fn a_link_is_no_folder() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(folder.path(), &link).unwrap();
        assert!(check(&link).is_err());
    }
}
