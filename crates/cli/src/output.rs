//! What goes to standard output (results) and to standard error (everything else).

use std::io::Write as _;

use pulltoken_core::formats::{self, RenderOptions};
use pulltoken_core::{BaseUrl, Credentials, Ecosystem, Error, ErrorCode, Format, Result};
use serde::Serialize;

use crate::ci::Ci;
use crate::cli::Common;
use crate::random;

/// The choice of `-o`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Output {
    /// For people.
    Table,
    /// For people with wide screens.
    Wide,
    /// For spreadsheets.
    Csv,
    /// For programs.
    Json,
    /// The identifier alone.
    Id,
    /// Nothing.
    None,
    /// The credential, as a build tool wants it.
    Format(Format),
}

impl Output {
    /// Reads a name.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        Ok(match text {
            "table" => Self::Table,
            "wide" => Self::Wide,
            "csv" => Self::Csv,
            "json" => Self::Json,
            "id" => Self::Id,
            "none" => Self::None,
            other => Self::Format(Format::parse(other)?),
        })
    }
}

impl Output {
    /// The one ecosystem that the output is for, if it is for one.
    pub(crate) fn ecosystem(self) -> Option<Ecosystem> {
        match self {
            Self::Format(format) => format.ecosystem(),
            _ => None,
        }
    }
}

/// Prints to standard output.
///
/// # Errors
/// `file_unwritable` where nobody takes it (a full disk, a closed pipe).
pub(crate) fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| Error::new(ErrorCode::FileUnwritable, format!("standard output takes nothing: {error}")))
}

/// Prints one JSON value on a line.
pub(crate) fn print_json(value: &impl Serialize) -> Result<()> {
    let text = serde_json::to_string(value)
        .map_err(|_| Error::new(ErrorCode::Internal, "a result could not be written as JSON"))?;
    print(&format!("{text}\n"))
}

/// Prints a remark to standard error, where a failure to do so does not matter.
pub(crate) fn note(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Reports an error: two lines for people, one of JSON for programs.
pub(crate) fn report(error: &Error, json: bool) {
    if json {
        note(&serde_json::to_string(error).unwrap_or_else(|_| error.to_string()));
        return;
    }
    let request = error.request_id().map(|id| format!(" (request {id})")).unwrap_or_default();
    note(&format!("error[{}]: {}{request}\n  hint: {}", error.code(), error.message(), error.hint()));
}

/// Refuses to print a bare password where a CI system would keep it in its log. Asked before there
/// is one, so that none is made in vain.
///
/// # Errors
/// `unmasked_output`.
pub(crate) fn ensure_maskable(common: &Common, ci: Option<Ci>) -> Result<()> {
    match ci.filter(|ci| {
        !ci.can_mask() && !common.show && matches!(common.output, Output::Table | Output::Wide | Output::Csv)
    }) {
        Some(ci) => {
            Err(Error::new(ErrorCode::UnmaskedOutput, format!("{} would keep the password in its log", ci.name())))
        }
        None => Ok(()),
    }
}

/// Refuses a format that serves none of these ecosystems. Asked before a token is made in vain.
///
/// # Errors
/// `usage`.
pub(crate) fn ensure_fits(common: &Common, ecosystems: &[Ecosystem]) -> Result<()> {
    let Output::Format(format) = common.output else { return Ok(()) };
    match format.ecosystem().filter(|home| !ecosystems.contains(home)) {
        Some(home) => {
            let names: Vec<_> = ecosystems.iter().map(|one| one.flag()).collect();
            let message = format!("{format} is for {home}, and not for {}", names.join(", "));
            Err(Error::new(ErrorCode::Usage, message).with_hint("choose another output; docs/formats.md lists them"))
        }
        None => Ok(()),
    }
}

/// Prints a credential in a form that a person or a build tool reads, masked first where a CI
/// system would keep it in a log.
pub(crate) fn print_credentials(
    common: &Common,
    credentials: &Credentials,
    ecosystems: &[Ecosystem],
    ci: Option<Ci>,
) -> Result<()> {
    let text = match common.output {
        Output::Id => format!("{}\n", credentials.username),
        Output::None => return Ok(()),
        Output::Format(format) => {
            mask(credentials, ci);
            rendered(format, credentials, ecosystems, &common.registry)?
        }
        Output::Table | Output::Wide | Output::Csv | Output::Json => {
            if let Some(ci) = ci.filter(|ci| !ci.can_mask() && !common.show) {
                return Err(Error::new(
                    ErrorCode::UnmaskedOutput,
                    format!("{} would keep the password in its log", ci.name()),
                ));
            }
            mask(credentials, ci);
            // The purpose of the command: the user asked to see it.
            format!("Username: {}\nPassword: {}\n", credentials.username, credentials.password.expose())
        }
    };
    print(&text)
}

/// Tells the CI system what to mask, before anything is printed. Commands go to standard error, so
/// that `$(…)` does not catch them; runners read both streams.
pub(crate) fn mask(credentials: &Credentials, ci: Option<Ci>) {
    for line in ci.map(|ci| ci.mask_lines(credentials)).unwrap_or_default() {
        note(&line);
    }
}

/// The credential for each ecosystem, the same text once.
fn rendered(format: Format, credentials: &Credentials, ecosystems: &[Ecosystem], registry: &BaseUrl) -> Result<String> {
    let mut texts: Vec<String> = Vec::new();
    for ecosystem in ecosystems.iter().filter(|one| format.ecosystem().is_none_or(|home| home == **one)) {
        let mut options = RenderOptions::new(*ecosystem, registry.clone());
        options.delimiter = Some(random::hex::<16>()?);
        let rendered = formats::render(credentials, format, &options)?;
        for warning in &rendered.warnings {
            note(&format!("warning: {}\n  hint: {}", warning.message, warning.hint));
        }
        // The purpose of the command: the user asked to see it.
        let text = rendered.text.expose().to_owned();
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    Ok(texts.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_are_formats_or_shapes() {
        assert_eq!(Output::parse("json").unwrap(), Output::Json);
        assert_eq!(Output::parse("netrc").unwrap(), Output::Format(Format::Netrc));
        assert_eq!(Output::parse("yaml").unwrap_err().code(), ErrorCode::UnknownFormat);
    }
}
