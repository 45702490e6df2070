//! `netrc`: a machine, a login and a password, read by curl, pip, uv, Go, Bazel and others.
//!
//! The format has no standard. What is written here is what Python's `netrc` and curl read alike;
//! what is read is what either reads, with a note where they differ.

mod difference;
mod edit;
mod keyword;
mod lexer;
mod names;
mod read;
mod text;

use std::borrow::Cow;

use zeroize::Zeroizing;

use crate::credentials::Credentials;
use crate::error::Result;
use crate::formats::value::{check_lines, check_present};
use crate::formats::{Format, ParsedEntry, RenderOptions, Rendered, Warning};
use crate::secret::Secret;

pub use difference::Difference;
pub use read::{Netrc, NetrcEntry, parse_netrc};
pub use text::Password;

/// The longest line, in bytes, that curl 7 reads: its buffer holds 4,096 with the final NUL.
const CURL_LINE_LIMIT: usize = 4095;

pub(super) fn render(c: &Credentials, o: &RenderOptions) -> Result<Rendered> {
    let (login, password) = words(c)?;
    Ok(with_warnings(super::whole_lines(&edit::entry(&o.host()?, &login, &password))))
}

pub(super) fn edit(text: &str, c: &Credentials, o: &RenderOptions) -> Result<Rendered> {
    let (login, password) = words(c)?;
    Ok(with_warnings(edit::edit(text, &o.host()?, &login, &password)?))
}

/// Login and password as they are written.
fn words(c: &Credentials) -> Result<(Zeroizing<String>, Zeroizing<String>)> {
    check_lines(Format::Netrc, c)?;
    check_present(Format::Netrc, c)?;
    // Both leave here for the file.
    Ok((quote(&c.username), quote(c.password.expose())))
}

fn with_warnings(text: Secret) -> Rendered {
    // Looked at for its lines.
    let netrc = parse_netrc(text.expose());
    let warnings = netrc
        .differences
        .into_iter()
        .filter(|(_, difference)| matches!(difference, Difference::LongLine | Difference::ByteOrderMark))
        .map(|(line, difference)| Warning {
            code: difference.as_str(),
            message: format!("line {line}: {}", difference.message()),
            hint: difference.hint().to_owned(),
        })
        .collect();
    Rendered { text, warnings }
}

pub(super) fn remove(text: &str, o: &RenderOptions) -> Result<Secret> {
    Ok(edit::remove(text, &o.host()?))
}

pub(super) fn parse(text: &str) -> Vec<ParsedEntry> {
    parse_netrc(text)
        .entries
        .into_iter()
        .map(|entry| ParsedEntry {
            line: entry.line,
            target: Some(entry.machine.map_or_else(|| "default".to_owned(), Cow::into_owned)),
            username: entry.login.map(Cow::into_owned),
            password: entry.password.map(|password| password.to_secret()),
            ..ParsedEntry::default()
        })
        .collect()
}

/// A word that curl and Python both read back as `text`.
fn quote(text: &str) -> Zeroizing<String> {
    let special = text.bytes().any(|b| b.is_ascii_whitespace() || b.is_ascii_control() || matches!(b, b'\\' | b'"'));
    if !special && !text.starts_with('#') && keyword::Keyword::of(text).is_none() {
        return Zeroizing::new(text.to_owned());
    }
    let mut out = Zeroizing::new(String::with_capacity(2 * text.len() + 2));
    out.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests;
