//! A module that Node loads before the package manager's own code.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use pulltoken_core::{Error, ErrorCode, Result};

use super::environment::Environment;
use super::run_file::RunFile;

/// The variable that names such modules. Whatever Node starts inherits it, unless a module takes it away.
pub(super) const VARIABLE: &str = "NODE_OPTIONS";

/// Writes the module, and names it in front of the user's own options. The file has to last as long
/// as the package manager.
///
/// # Errors
/// `file_unwritable`.
pub(super) fn load(environment: &mut Environment, module: &str) -> Result<RunFile> {
    let file = RunFile::write(".cjs", module.as_bytes())?;
    let own = environment.get_ignoring_case(VARIABLE).map(OsString::from);
    environment.set(VARIABLE, options(file.path(), own.as_deref())?);
    Ok(file)
}

fn options(module: &Path, own: Option<&OsStr>) -> Result<OsString> {
    // The variable is split at spaces; in quotes a backslash stands for the character after it.
    let path = module.to_str().ok_or_else(|| {
        Error::new(ErrorCode::FileUnwritable, "the path of our files for this run is not UTF-8")
            .with_hint("set PULLTOKEN_CACHE_DIR to another folder")
    })?;
    let quoted = path.replace('\\', "\\\\").replace('"', "\\\"");
    let mut options = OsString::from(format!("--require \"{quoted}\""));
    if let Some(own) = own.filter(|own| !own.is_empty()) {
        options.push(" ");
        options.push(own);
    }
    Ok(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_users_own_options_stay() {
        let options = options(Path::new("/a b/\"c.cjs"), Some(OsStr::new("--trace-warnings"))).unwrap();
        assert_eq!(options, "--require \"/a b/\\\"c.cjs\" --trace-warnings");
    }
}
