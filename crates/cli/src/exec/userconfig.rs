//! A user configuration for one run: the user's own, with the registry's entries put in. It holds
//! no secret of ours, and goes when the run ends; what a killed run left goes with the next.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use pulltoken_core::formats::RenderOptions;
use pulltoken_core::formats::npmrc::{self, Value};
use pulltoken_core::text::printable_prefix;
use pulltoken_core::{Error, ErrorCode, Result, Secret};
use tempfile::NamedTempFile;

use super::environment::Environment;
use crate::output;

const PREFIX: &str = "npmrc-";

/// The file, removed when dropped.
pub(super) struct UserConfig {
    file: NamedTempFile,
    text: Secret,
}

impl UserConfig {
    pub(super) fn path(&self) -> &Path {
        self.file.path()
    }

    pub(super) fn text(&self) -> &str {
        // Read for its settings; the user's own secrets in it go nowhere.
        self.text.expose()
    }
}

/// Writes the configuration, the registry's entries naming `variable`.
pub(super) fn write(environment: &Environment, options: &RenderOptions, variable: &str) -> Result<UserConfig> {
    let own = own(environment);
    let text = npmrc::edit_with(&own, options, Value::Placeholder(variable));
    let folder = pulltoken_native::private_folder("run")?;
    remove_left(&folder);
    let unwritable = |error: std::io::Error| {
        Error::new(ErrorCode::FileUnwritable, format!("no file could be written below {}: {error}", folder.display()))
    };
    let mut file = tempfile::Builder::new().prefix(PREFIX).tempfile_in(&folder).map_err(unwritable)?;
    // Says to other runs that this one lives. Shared, since a lock may keep readers out on Windows.
    file.as_file().lock_shared().map_err(unwritable)?;
    // The copy that npm reads, in a folder of the user's alone.
    file.write_all(text.expose().as_bytes()).and_then(|()| file.flush()).map_err(unwritable)?;
    Ok(UserConfig { file, text })
}

/// The user's own configuration as npm would find it.
fn own(environment: &Environment) -> String {
    let named = environment.get_ignoring_case("npm_config_userconfig").map(PathBuf::from);
    let Some(path) = named.or_else(|| std::env::home_dir().map(|home| home.join(".npmrc"))) else {
        return String::new();
    };
    match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => {
            let shown = printable_prefix(&path.display().to_string(), 200);
            output::note(&format!("warning: {shown} could not be read and does not count in this run: {error}"));
            String::new()
        }
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
        let held = tempfile::Builder::new().prefix(PREFIX).tempfile_in(folder.path()).unwrap();
        held.as_file().lock_shared().unwrap();
        let (left, other) = (folder.path().join("npmrc-left"), folder.path().join("other"));
        fs::write(&left, "").unwrap();
        fs::write(&other, "").unwrap();
        remove_left(folder.path());
        assert!(held.path().exists() && other.exists() && !left.exists());
    }
}
