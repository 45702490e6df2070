//! A module that Node loads before a package manager: it takes the credential off every request that
//! is not for the registry, which npm and Yarn 1 leave on when they are redirected.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use pulltoken_core::{Error, ErrorCode, Result};

const SOURCE: &str = include_str!("guard.cjs");

/// The module's text for these repositories; the credential is what `variable` holds.
///
/// # Errors
/// `internal` where the addresses cannot be written down.
pub(super) fn module(repositories: &[String], variable: &str) -> Result<String> {
    let internal = |_| Error::new(ErrorCode::Internal, "an address could not be written as JSON");
    // JSON is JavaScript, too.
    let repositories = serde_json::to_string(repositories).map_err(internal)?;
    Ok(SOURCE.replace("[/* repositories */]", &repositories).replace("/* variable */", variable))
}

/// `NODE_OPTIONS` with the module in front of the user's own.
///
/// # Errors
/// `file_unwritable` for a path that the variable cannot hold.
pub(super) fn node_options(module: &Path, own: Option<&OsStr>) -> Result<OsString> {
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
    fn the_module_names_repositories_and_variable() {
        let text = module(&["https://r.test/javascript/".to_owned()], "PULLTOKEN_X").unwrap();
        assert!(
            text.contains(r#"["https://r.test/javascript/"]"#) && text.contains("process.env['PULLTOKEN_X']"),
            "{text}"
        );
    }

    #[test]
    fn the_users_own_options_stay() {
        let options = node_options(Path::new("/a b/\"c.cjs"), Some(OsStr::new("--trace-warnings"))).unwrap();
        assert_eq!(options, "--require \"/a b/\\\"c.cjs\" --trace-warnings");
    }
}
