//! How each build tool wants a credential written. One file a format.
//!
//! Every format can be rendered from nothing and read. Those that are files of the user's can also
//! be edited and cleaned; then every byte that is not ours stays as it was.

mod assignments;
mod detect;
mod env;
mod json;
mod lines;
mod list;
mod masks;
pub mod netrc;
pub mod npmrc;
mod options;
mod value;

use crate::credentials::Credentials;
use crate::error::{Error, ErrorCode, Result};
use crate::secret::Secret;

pub use detect::detect;
pub use list::Format;
pub use masks::github_masks;
pub use options::{DEFAULT_NAME, DEFAULT_REGISTRY, ParsedEntry, RenderOptions, RenderOptionsInput, Rendered, Warning};

/// A fresh snippet that holds the credential, or for an `-env` form the place for it.
///
/// # Errors
/// `value_not_representable` where the format cannot hold a value; `usage` where an option that the
/// format needs is missing or it is for another ecosystem.
pub fn render(c: &Credentials, format: Format, o: &RenderOptions) -> Result<Rendered> {
    check_ecosystem(format, o)?;
    match format {
        Format::Env => env::render(c, o).map(Rendered::from),
        Format::Json => json::render(c, o).map(Rendered::from),
        Format::Netrc => netrc::render(c, o),
        Format::Npmrc | Format::NpmrcEnv | Format::Pnpm => npmrc::render(c, format, o).map(Rendered::from),
    }
}

/// The same, put into the text of an existing file. Doing it again changes nothing.
///
/// # Errors
/// Those of [`render`]; `format_not_editable` for formats made for output alone; `invalid_syntax`
/// where the text cannot be read well enough to be changed safely.
pub fn edit(text: &str, format: Format, c: &Credentials, o: &RenderOptions) -> Result<Rendered> {
    check_ecosystem(format, o)?;
    match format {
        Format::Env | Format::Json => Err(not_editable(format)),
        Format::Netrc => netrc::edit(text, c, o),
        Format::Npmrc | Format::NpmrcEnv | Format::Pnpm => npmrc::edit(text, format, c, o).map(Rendered::from),
    }
}

/// The text with our entries taken out. What is left may hold other secrets.
///
/// # Errors
/// `format_not_editable`, `invalid_syntax`, `usage`, as for [`edit`].
pub fn remove(text: &str, format: Format, o: &RenderOptions) -> Result<Secret> {
    check_ecosystem(format, o)?;
    match format {
        Format::Env | Format::Json => Err(not_editable(format)),
        Format::Netrc => netrc::remove(text, o),
        Format::Npmrc | Format::NpmrcEnv | Format::Pnpm => Ok(npmrc::remove(text, o)),
    }
}

/// The credentials in a text, and the places for some. Not only ours: whoever asks may filter by
/// target.
///
/// # Errors
/// `invalid_syntax` where the text is not in the format.
pub fn parse(text: &str, format: Format) -> Result<Vec<ParsedEntry>> {
    match format {
        Format::Env => Ok(env::parse(text)),
        Format::Json => json::parse(text),
        Format::Netrc => Ok(netrc::parse(text)),
        Format::Npmrc | Format::NpmrcEnv | Format::Pnpm => Ok(npmrc::parse(text)),
    }
}

fn not_editable(format: Format) -> Error {
    Error::new(ErrorCode::FormatNotEditable, format!("`{format}` is made for output and names no file to change"))
}

/// Refuses what no tool could use: an npmrc for Java's repository, say.
fn check_ecosystem(format: Format, o: &RenderOptions) -> Result<()> {
    let Some(home) = format.ecosystem() else { return Ok(()) };
    if o.ecosystem == home || o.ecosystem.flag().strip_suffix("_athena") == Some(home.flag()) {
        return Ok(());
    }
    Err(Error::new(ErrorCode::Usage, format!("`{format}` is for {home}, not for {}", o.ecosystem))
        .with_hint(format!("choose a format of {}, or the ecosystem {home}", o.ecosystem)))
}

#[cfg(test)]
pub(crate) mod tests;
