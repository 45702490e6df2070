//! A module that Node loads before a package manager: the file of authorities is read once, not for each
//! connection.

use std::ffi::OsStr;

use pulltoken_core::Result;
use pulltoken_core::package_managers::{PackageManager, Version};

use super::environment::Environment;
use super::preload;
use super::run_file::RunFile;

const SOURCE: &str = include_str!("contexts.cjs");

/// Whether this package manager runs in Node, and reads the file anew for each connection.
pub(super) fn are_read_anew_by(manager: PackageManager, version: Option<Version>) -> bool {
    match manager {
        PackageManager::Npm => true,
        // 12 is a native program.
        PackageManager::Pnpm => version.is_some_and(|version| version.major < 12),
        // 2 and 3 are given no such file.
        PackageManager::Yarn => version.is_some_and(|version| version.major < 2 || version.major >= 4),
        PackageManager::Bun => false,
    }
}

/// Has Node load the module, unless it could not put the user's own options back. Without it all
/// works as well, later.
///
/// # Errors
/// `file_unwritable`.
pub(super) fn load(environment: &mut Environment, ca_file: &str) -> Result<Option<RunFile>> {
    let module = module(ca_file, environment.get_ignoring_case(preload::VARIABLE));
    module.map(|module| preload::load(environment, &module)).transpose()
}

/// The module's text; `None` where the user's own options are no text.
fn module(ca_file: &str, own: Option<&OsStr>) -> Option<String> {
    let own = own.map(|own| own.to_str().ok_or(())).transpose().ok()?;
    // JSON is JavaScript, too.
    let json = |text: Option<&str>| serde_json::to_string(&text).ok();
    Some(SOURCE.replace("'' /* bundle */", &json(Some(ca_file))?).replace("null /* own */", &json(own)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_module_knows_its_file_and_what_it_has_to_put_back() {
        let of = |own: Option<&str>| module("/a\"b.pem", own.map(OsStr::new)).unwrap();
        assert!(of(None).contains("const own = null;") && of(None).contains(r#"const bundle = "/a\"b.pem";"#));
        assert!(of(Some("--require \"/a b.cjs\"")).contains(r#"const own = "--require \"/a b.cjs\"";"#));
    }
}
