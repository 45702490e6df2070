//! What goes to standard output (results) and to standard error (everything else).

use std::io::Write as _;

use pulltoken_core::{Ecosystem, Error, ErrorCode, Format, Result};
use serde::Serialize;

/// The choice of `-o`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Output {
    /// For people.
    Table,
    /// For people with wide screens.
    Wide,
    /// For spreadsheets.
    Csv,
    /// For documents.
    Markdown,
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
            "markdown" => Self::Markdown,
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

    /// Refuses the forms of a credential, where there is a list to print.
    ///
    /// # Errors
    /// `usage`.
    pub(crate) fn ensure_list(self) -> Result<()> {
        match self {
            Self::Format(format) => Err(Error::new(ErrorCode::Usage, format!("{format} is a form of a credential"))
                .with_hint("a list is printed as table, wide, csv, markdown, json or id")),
            _ => Ok(()),
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

/// The same for people in one line: what a package manager keeps of a helper's words.
pub(crate) fn report_in_one_line(error: &Error, json: bool) {
    if json {
        return report(error, json);
    }
    note(&format!("pulltoken: error[{}]: {} ({})", error.code(), error.message(), error.hint()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_are_formats_or_shapes() {
        assert_eq!(Output::parse("json").unwrap(), Output::Json);
        assert_eq!(Output::parse("netrc").unwrap(), Output::Format(Format::Netrc));
        assert!(Output::Markdown.ensure_list().is_ok());
        assert_eq!(Output::Format(Format::Env).ensure_list().unwrap_err().code(), ErrorCode::Usage);
        assert_eq!(Output::parse("yaml").unwrap_err().code(), ErrorCode::UnknownFormat);
    }
}
