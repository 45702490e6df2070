//! A user configuration for one run: the user's own, with the registry's entries put in. It names a
//! variable and holds no secret of ours.

use pulltoken_core::Result;
use pulltoken_core::formats::RenderOptions;
use pulltoken_core::formats::npmrc::{self, Value};

use super::run_file::RunFile;

/// Writes the configuration: `own`, and the registry's entries naming `variable`. `more` are whole
/// lines for every one of the registry's darts.
pub(super) fn write(own: &str, options: &RenderOptions, variable: &str, more: &[&str]) -> Result<RunFile> {
    let edited = npmrc::edit_with(own, options, Value::Placeholder(variable));
    // The copy that the package manager reads, in a folder of the user's alone.
    let mut text = edited.expose().to_owned();
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    for dart in npmrc::darts(options) {
        more.iter().for_each(|line| text.push_str(&format!("{dart}:{line}\n")));
    }
    RunFile::write("npmrc", text.as_bytes())
}
