//! A module that Node loads before npm: the file of authorities is read once, not for every connection.

use std::ffi::OsStr;

use pulltoken_core::Result;

use super::environment::Environment;
use super::preload;
use super::run_file::RunFile;

const SOURCE: &str = include_str!("contexts.cjs");

/// Has Node load the module, unless it could not put the user's own options back. Without it npm
/// does the same, later.
///
/// # Errors
/// `file_unwritable`.
pub(super) fn load(environment: &mut Environment) -> Result<Option<RunFile>> {
    let own = environment.get_ignoring_case(preload::VARIABLE);
    own_options(own).map(|own| preload::load(environment, &module(&own))).transpose()
}

/// The user's own value, as JavaScript writes it; `None` for one that is no text.
fn own_options(own: Option<&OsStr>) -> Option<String> {
    let own = own.map(|own| own.to_str().ok_or(())).transpose().ok()?;
    // JSON is JavaScript, too.
    serde_json::to_string(&own).ok()
}

fn module(own: &str) -> String {
    SOURCE.replace("null /* own */", own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_module_knows_what_it_has_to_put_back() {
        let of = |own: Option<&str>| module(&own_options(own.map(OsStr::new)).unwrap());
        assert!(of(None).contains("const own = null;"));
        assert!(of(Some("--require \"/a b.cjs\"")).contains(r#"const own = "--require \"/a b.cjs\"";"#));
    }
}
