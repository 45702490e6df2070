//! Writing the shims, and telling them from other files.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use pulltoken_core::text::printable_prefix;
use pulltoken_core::{Error, ErrorCode, Result};

use crate::exec::program::is_executable;

/// The commands that have a shim.
pub(crate) const NAMES: [&str; 9] = ["npm", "npx", "pnpm", "pnpx", "yarn", "yarnpkg", "bun", "bunx", "corepack"];

/// Stands in each: who wrote it.
const MARK: &str = "pulltoken shim:";
/// No shim is longer than this.
const LONGEST: u64 = 16 << 10;

/// Writes all of them, in place of older ones of ours.
///
/// # Errors
/// `file_unwritable`, also where a file that is not ours has such a name.
pub(crate) fn write(folder: &Path, program: &Path) -> Result<()> {
    make(folder)?;
    let files: Vec<_> = NAMES.iter().map(|name| (path(folder, name), text(name, program))).collect();
    if let Some((path, _)) = files.iter().find(|(path, _)| path.symlink_metadata().is_ok() && !is_shim(path)) {
        let message = format!("{} is there already and is no shim of ours", shown(path));
        return Err(Error::new(ErrorCode::FileUnwritable, message).with_hint("choose another folder with --dir"));
    }
    for (path, text) in files {
        let text = text?;
        if fs::read_to_string(&path).is_ok_and(|old| old == text) && is_executable(&path) {
            continue;
        }
        put(folder, &path, &text).map_err(|error| unwritable(&path, &error))?;
    }
    Ok(())
}

/// Removes those that are ours, and the folder where nothing else is in it. Says how many there were.
///
/// # Errors
/// `file_unwritable`.
pub(crate) fn remove(folder: &Path) -> Result<usize> {
    let mut removed = 0;
    for path in NAMES.iter().map(|name| path(folder, name)).filter(|path| is_shim(path)) {
        fs::remove_file(&path).map_err(|error| unwritable(&path, &error))?;
        removed += 1;
    }
    if removed > 0 {
        // Others keep what is theirs, and with it the folder.
        let _ = fs::remove_dir(folder);
    }
    Ok(removed)
}

/// Whether a file is a shim of ours, from whatever folder and version.
pub(crate) fn is_shim(path: &Path) -> bool {
    let is_small = |path: &Path| path.symlink_metadata().is_ok_and(|it| it.is_file() && it.len() <= LONGEST);
    // A link to one is as good as one.
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mut start = String::new();
    is_small(&path)
        && fs::File::open(&path).is_ok_and(|file| file.take(LONGEST).read_to_string(&mut start).is_ok())
        && start.lines().take(2).any(|line| line.contains(MARK))
}

fn path(folder: &Path, name: &str) -> PathBuf {
    folder.join(if cfg!(windows) { format!("{name}.cmd") } else { name.to_owned() })
}

/// # Errors
/// `file_unwritable` for a program whose path no script can hold.
fn text(name: &str, program: &Path) -> Result<String> {
    let path = program
        .to_str()
        .filter(|path| !path.contains(char::is_control) && !path.contains(if cfg!(windows) { '%' } else { '\0' }));
    let path = path.ok_or_else(|| {
        Error::new(ErrorCode::FileUnwritable, format!("no script can hold the path of {}", shown(program)))
    })?;
    Ok(if cfg!(windows) {
        format!(
            "@rem {MARK} starts the real {name}\r\n@if not exist \"{path}\" (echo pulltoken is no longer at {path}: run pulltoken shims install again, or take this folder off PATH 1>&2 & exit /b 127)\r\n@\"{path}\" shim {name} %*\r\n"
        )
    } else {
        let path = quoted(path);
        format!(
            "#!/bin/sh\n# {MARK} starts the real {name}\np={path}\n[ -x \"$p\" ] && exec \"$p\" shim {name} \"$@\"\necho \"pulltoken is no longer at $p: run \\`pulltoken shims install\\` again, or take ${{0%/*}} off PATH\" >&2\nexit 127\n"
        )
    })
}

/// A text as a word of a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

fn put(folder: &Path, path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = tempfile::Builder::new().prefix(".shim-").tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        file.as_file().set_permissions(fs::Permissions::from_mode(0o755))?;
    }
    // Whoever starts it meanwhile has the old one or the new one.
    file.persist(path)?;
    Ok(())
}

#[cfg(unix)]
fn make(folder: &Path) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    let made = fs::DirBuilder::new().recursive(true).mode(0o755).create(folder);
    made.map_err(|error| unwritable(folder, &error))
}

#[cfg(not(unix))]
fn make(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Error {
    Error::new(ErrorCode::FileUnwritable, format!("{} could not be written: {error}", shown(path)))
}

fn shown(path: &Path) -> String {
    printable_prefix(&path.display().to_string(), 200)
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_ours_is_written_over_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let shims = folder.path().join("shims");
        write(&shims, Path::new("/opt/pull token's/pulltoken")).unwrap();
        assert!(NAMES.iter().all(|name| is_shim(&shims.join(name))));
        let npm = || fs::read_to_string(shims.join("npm")).unwrap();
        assert!(npm().contains("p='/opt/pull token'\\''s/pulltoken'\n"), "{}", npm());
        write(&shims, Path::new("/opt/other")).unwrap();
        assert!(npm().contains("/opt/other") && fs::read_dir(&shims).unwrap().count() == NAMES.len());
        fs::write(shims.join("npm"), "#!/bin/sh\n# mine\n").unwrap();
        assert_eq!(write(&shims, Path::new("/opt/third")).unwrap_err().code(), ErrorCode::FileUnwritable);
        assert!(!fs::read_to_string(shims.join("npx")).unwrap().contains("/opt/third"), "it stopped half-way");
        assert_eq!(remove(&shims).unwrap(), NAMES.len() - 1);
        assert_eq!(npm(), "#!/bin/sh\n# mine\n");
        assert_eq!(remove(&shims).unwrap(), 0);
        fs::remove_file(shims.join("npm")).unwrap();
        write(&shims, Path::new("/opt/third")).unwrap();
        remove(&shims).unwrap();
        assert!(!shims.exists());
    }
}
