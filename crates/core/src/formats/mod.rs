//! How each build tool wants a credential written. One file a format.
//!
//! Every format can be rendered from nothing and read. Those that are files of the user's can also
//! be edited and cleaned; then every byte that is not ours stays as it was.
#![cfg_attr(not(feature = "editors"), allow(dead_code, reason = "what editors alone use is left to the linker"))]

mod assignments;
mod bazel;
mod bunfig;
mod curl;
mod dependabot;
mod detect;
mod dotenv;
#[cfg_attr(not(feature = "editors"), path = "no_editors.rs")]
mod editors;
mod env;
mod github;
mod gradle_init;
mod json;
mod keyed;
mod lines;
mod list;
mod masks;
mod maven;
pub mod netrc;
pub mod npmrc;
mod options;
mod pip;
mod poetry;
mod properties;
mod renovate;
mod shells;
mod toml;
mod userinfo;
mod uv;
mod value;
mod xml;
mod yaml;
mod yarnrc;

use zeroize::Zeroizing;

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
/// format needs is missing, the entry's name cannot be one, or it is for another ecosystem.
pub fn render(c: &Credentials, format: Format, o: &RenderOptions) -> Result<Rendered> {
    check_options(format, o)?;
    Ok(Rendered::from(match format {
        Format::Env => env::render(c, o)?,
        Format::Fish | Format::PowerShell | Format::Cmd | Format::Nushell => shells::render(c, format, o)?,
        Format::Dotenv | Format::Gitlab => return dotenv::render(format, c, o),
        Format::Github => github::render(c, o)?,
        Format::Json => json::render(c, o)?,
        Format::Netrc => return netrc::render(c, o),
        Format::Npmrc | Format::NpmrcEnv | Format::Pnpm => npmrc::render(format, c, o)?,
        Format::Yarnrc | Format::YarnrcEnv => yarnrc::render(format, c, o)?,
        Format::Bunfig | Format::BunfigEnv => bunfig::render(format, c, o)?,
        Format::Pip => pip::render(c, o)?,
        Format::PipUrl => pip::render_urls(c, o)?,
        Format::Uv => uv::render(c, o)?,
        Format::UvEnv => pip::render_uv_env(o),
        Format::Poetry => poetry::render(c, o)?,
        Format::Maven | Format::MavenEnv => maven::render(format, c, o)?,
        Format::Gradle | Format::Sbt => properties::render(format, c, o)?,
        Format::GradleInit => gradle_init::render(o)?,
        Format::Bazel => bazel::render(o)?,
        Format::Curl => curl::render(c, o)?,
        Format::Dependabot => dependabot::render(o)?,
        Format::Renovate => renovate::render(o),
    }))
}

/// The same, put into the text of an existing file. Doing it again changes nothing.
///
/// # Errors
/// Those of [`render`]; `format_not_editable` for formats made for output alone, and for all of them
/// in a build without the feature `editors`; `invalid_syntax` where the text cannot be read well
/// enough to be changed safely; `failed_precondition` where a file that holds one credential holds
/// another host's.
pub fn edit(text: &str, format: Format, c: &Credentials, o: &RenderOptions) -> Result<Rendered> {
    check_editable(format)?;
    check_options(format, o)?;
    editors::edit(text, format, c, o)
}

/// The text with our entries taken out. What is left may hold other secrets.
///
/// # Errors
/// `format_not_editable`, `invalid_syntax`, `usage`, as for [`edit`].
pub fn remove(text: &str, format: Format, o: &RenderOptions) -> Result<Secret> {
    check_editable(format)?;
    check_options(format, o)?;
    editors::remove(text, format, o)
}

/// The credentials in a text, and the places for some. Not only ours: whoever asks may filter by
/// target.
///
/// # Errors
/// `invalid_syntax` where the text is not in the format.
pub fn parse(text: &str, format: Format) -> Result<Vec<ParsedEntry>> {
    Ok(match format {
        Format::Env => env::parse(text),
        Format::Dotenv | Format::Gitlab => dotenv::parse(text),
        Format::Fish | Format::PowerShell | Format::Cmd | Format::Nushell => shells::parse(text, format),
        Format::Github => github::parse(text),
        Format::Json => json::parse(text)?,
        Format::Netrc => netrc::parse(text),
        Format::Npmrc | Format::NpmrcEnv | Format::Pnpm => npmrc::parse(text),
        Format::Pip | Format::PipUrl => pip::parse_urls(text),
        Format::UvEnv => pip::parse_uv_env(text),
        Format::Gradle | Format::Sbt => properties::parse(text, format),
        Format::GradleInit => gradle_init::parse(text),
        Format::Bazel => bazel::parse(text),
        #[cfg(feature = "editors")]
        Format::Bunfig | Format::BunfigEnv => bunfig::parse(text, format)?,
        #[cfg(feature = "editors")]
        Format::Dependabot => dependabot::parse(text)?,
        Format::Maven | Format::MavenEnv => maven::parse(text)?,
        Format::Renovate => renovate::parse(text)?,
        #[cfg(feature = "editors")]
        Format::Uv => uv::parse(text)?,
        #[cfg(feature = "editors")]
        Format::Yarnrc | Format::YarnrcEnv => yarnrc::parse(text, format)?,
        #[cfg(feature = "editors")]
        Format::Poetry => poetry::parse(text)?,
        Format::Curl => curl::parse(text),
        #[cfg(not(feature = "editors"))]
        _ => return Err(no_editor(format, "read it")),
    })
}

/// Whole lines as a text of their own.
fn whole_lines(lines: &[Zeroizing<String>]) -> Secret {
    // Large enough from the start: growing would leave copies of a secret behind.
    let mut text = String::with_capacity(lines.iter().map(|line| line.len() + 1).sum());
    for line in lines {
        text.push_str(line);
        text.push('\n');
    }
    Secret::new(text)
}

/// What a build without the feature `editors` answers.
#[cfg(not(feature = "editors"))]
fn no_editor(format: Format, what: &str) -> Error {
    Error::new(ErrorCode::FormatNotEditable, format!("this build of pulltoken can render `{format}`, but not {what}"))
        .with_hint("use the complete build, or render the format into a file of its own")
}

fn check_editable(format: Format) -> Result<()> {
    if format.is_editable() { Ok(()) } else { Err(not_editable(format)) }
}

fn not_editable(format: Format) -> Error {
    Error::new(ErrorCode::FormatNotEditable, format!("`{format}` is made for output and names no file to change"))
}

/// The longest name of an entry, in characters; YAML's keys have a limit of 1,024.
const NAME_LIMIT: usize = 100;

fn check_options(format: Format, o: &RenderOptions) -> Result<()> {
    let length = o.name.chars().count();
    if length == 0 || length > NAME_LIMIT || o.name.contains(char::is_control) || o.name.trim() != o.name {
        return Err(Error::new(
            ErrorCode::Usage,
            format!("the entry's name is empty, over {NAME_LIMIT} characters, has white space around it or a control character in it"),
        )
        .with_hint("choose a short name on one line, such as chainguard"));
    }
    check_ecosystem(format, o)
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
