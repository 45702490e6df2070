//! What a build without the feature `editors` answers where a file would have to be changed.

use super::*;

pub(super) fn edit(_: &str, format: Format, _: &Credentials, _: &RenderOptions) -> Result<Rendered> {
    Err(refusal(format))
}

pub(super) fn remove(_: &str, format: Format, _: &RenderOptions) -> Result<Secret> {
    Err(refusal(format))
}

fn refusal(format: Format) -> Error {
    no_editor(format, "change a file of it")
}
