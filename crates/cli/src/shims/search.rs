//! Finding the real program behind a shim: the next one on `PATH` that a stranger cannot have put
//! there.
//!
//! Passed over are, with the reason:
//!
//! - shims of ours, wherever they are, and links to them: they would only come back here;
//! - empty and relative entries, and `node_modules/.bin`: what is there came with a project;
//! - folders that others may write to: everybody's, those of another user, and those that a group may
//!   write to which this user is not in. A group's folder that belongs to root is the administrator's
//!   choice (Debian's `/usr/local/bin`). A sticky bit does not help: others may still add files;
//! - programs that have led back here before (see [`super::run`]).
//!
//! Version managers (nvm, fnm, Volta, mise, asdf, Corepack) need no rule: theirs is the next on `PATH`.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use pulltoken_core::{Error, ErrorCode, Result};

use super::files::is_shim;
use crate::exec::program::is_executable;

/// The real program of this name.
///
/// # Errors
/// `command_not_found`, naming folders that were passed over although they have it.
pub(crate) fn real(name: &str, path: &OsStr, tried: &[PathBuf]) -> Result<PathBuf> {
    let mut unsafe_places = Vec::new();
    for folder in std::env::split_paths(path).filter(|folder| folder.is_absolute() && !is_of_a_project(folder)) {
        for file in names(name).map(|file| folder.join(file)).filter(|file| is_program(file) && !is_shim(file)) {
            if tried.contains(&file) {
                continue;
            }
            match open_to_others(&folder) {
                None => return Ok(file),
                Some(why) => unsafe_places.push(format!("{} {why}", folder.display())),
            }
        }
    }
    let (also, hint) = match unsafe_places.first() {
        None => (String::new(), format!("install {name}, or put its folder on PATH after that of the shims")),
        Some(place) => (
            format!(" in a folder that is safe: {place}"),
            "take the others' permission to write away, or take it off PATH".to_owned(),
        ),
    };
    let message = format!("no `{name}` was found on PATH behind the shims{also}");
    Err(Error::new(ErrorCode::CommandNotFound, message).with_hint(hint))
}

fn is_of_a_project(folder: &Path) -> bool {
    folder.ends_with("node_modules/.bin")
}

/// Why nobody should start a program from this folder, if there is a reason.
#[cfg(unix)]
fn open_to_others(folder: &Path) -> Option<&'static str> {
    use std::os::unix::fs::MetadataExt as _;
    let Ok(metadata) = std::fs::metadata(folder) else { return Some("cannot be looked at") };
    let (owner, mode) = (metadata.uid(), metadata.mode());
    if owner != 0 && owner != rustix::process::geteuid().as_raw() {
        return Some("belongs to another user");
    }
    if mode & 0o002 != 0 {
        return Some("can be written to by everybody");
    }
    if mode & 0o020 != 0 && owner != 0 && !is_in_group(metadata.gid()) {
        return Some("can be written to by a group that you are not in");
    }
    None
}

#[cfg(unix)]
fn is_in_group(group: u32) -> bool {
    let more = rustix::process::getgroups().unwrap_or_default();
    rustix::process::getegid().as_raw() == group || more.iter().any(|one| one.as_raw() == group)
}

#[cfg(not(unix))]
fn open_to_others(_folder: &Path) -> Option<&'static str> {
    None
}

#[cfg(not(windows))]
fn names(name: &str) -> impl Iterator<Item = String> {
    std::iter::once(name.to_owned())
}

#[cfg(windows)]
fn names(name: &str) -> impl Iterator<Item = String> {
    [".cmd", ".exe"].map(|ending| format!("{name}{ending}")).into_iter()
}

fn is_program(path: &Path) -> bool {
    path.is_file() && is_executable(path)
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt as _;

    /// A folder of this mode with an npm in it.
    fn folder(root: &Path, name: &str, mode: u32) -> PathBuf {
        let folder = root.join(name);
        fs::create_dir_all(&folder).unwrap();
        let npm = folder.join("npm");
        fs::write(&npm, "#!/bin/sh\n").unwrap();
        fs::set_permissions(&npm, Permissions::from_mode(0o755)).unwrap();
        fs::set_permissions(&folder, Permissions::from_mode(mode)).unwrap();
        folder
    }

    fn found(folders: &[&Path], tried: &[PathBuf]) -> Result<PathBuf> {
        real("npm", &std::env::join_paths(folders).unwrap(), tried)
    }

    #[test]
    fn the_next_program_is_found_that_no_stranger_put_there() {
        let root = tempfile::tempdir().unwrap();
        let good = folder(root.path(), "good", 0o755);
        let npm = good.join("npm");
        let shims = root.path().join("shims");
        super::super::files::write(&shims, Path::new("/pulltoken")).unwrap();
        let links = root.path().join("links");
        fs::create_dir(&links).unwrap();
        std::os::unix::fs::symlink(shims.join("npm"), links.join("npm")).unwrap();
        let without = folder(root.path(), "without", 0o755);
        fs::set_permissions(without.join("npm"), Permissions::from_mode(0o644)).unwrap();
        for skipped in [
            shims,
            links,
            without,
            PathBuf::from(""),
            PathBuf::from("bin"),
            folder(root.path(), "app/node_modules/.bin", 0o755),
            folder(root.path(), "everybody", 0o777),
            folder(root.path(), "sticky", 0o1777),
            root.path().join("missing"),
        ] {
            assert_eq!(found(&[&skipped, &good], &[]).unwrap(), npm, "{}", skipped.display());
            assert!(found(&[&skipped], &[]).is_err(), "{}", skipped.display());
        }
        let other = folder(root.path(), "other", 0o755);
        assert_eq!(found(&[&good, &other], &[npm]).unwrap(), other.join("npm"));
    }

    #[test]
    fn a_group_counts_that_this_user_is_in() {
        let root = tempfile::tempdir().unwrap();
        let folder = folder(root.path(), "group", 0o775);
        assert!(found(&[&folder], &[]).is_ok());
        assert!(!is_in_group(4_000_000_001));
    }

    #[test]
    fn a_folder_that_was_passed_over_is_named() {
        let root = tempfile::tempdir().unwrap();
        let error = found(&[&folder(root.path(), "open", 0o777)], &[]).unwrap_err();
        assert_eq!(error.code(), ErrorCode::CommandNotFound);
        assert!(error.message().contains("/open can be written to by everybody"), "{error}");
        assert!(!found(&[], &[]).unwrap_err().message().contains("written to"));
    }
}
