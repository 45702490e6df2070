//! `dotenv` and `gitlab`: `NAME=value` lines.
//!
//! dotenv's many readers agree on bare words and on single quotes; GitLab's report of variables
//! knows no quotes, comments or blank lines at all, and takes five kilobytes.

use std::ops::Range;

use zeroize::Zeroizing;

use crate::credentials::Credentials;
use crate::error::Result;
use crate::formats::assignments::{Assignment, collect};
use crate::formats::keyed::{self, Setting, Wanted};
use crate::formats::lines::lines;
use crate::formats::value::{Part, check_basic, check_lines, parts, refuse};
use crate::formats::{Format, ParsedEntry, RenderOptions, Rendered, Warning};
use crate::secret::Secret;

/// The largest dotenv report that GitLab takes with its default settings, in bytes.
const GITLAB_LIMIT: usize = 5 * 1024;

pub(super) fn render(format: Format, c: &Credentials, o: &RenderOptions) -> Result<Rendered> {
    Ok(with_warning(format, keyed::render(settings, &wanted(format, c, o)?)?))
}

pub(super) fn edit(text: &str, format: Format, c: &Credentials, o: &RenderOptions) -> Result<Rendered> {
    Ok(with_warning(format, keyed::edit(text, settings, &wanted(format, c, o)?, str::len)?))
}

fn wanted(format: Format, c: &Credentials, o: &RenderOptions) -> Result<[Wanted; 3]> {
    check_lines(format, c)?;
    check_basic(format, c)?;
    let write = |part, value: &str| if format == Format::Gitlab { bare(part, value) } else { quote(part, value) };
    // The values leave here for the file.
    let [username, password] = parts(c);
    Ok([
        Wanted::new(o.ecosystem.identity_variable(), write(username.0, username.1)?),
        Wanted::new(o.ecosystem.token_variable(), write(password.0, password.1)?),
        Wanted::new(o.ecosystem.auth_variable(), Zeroizing::new(c.basic().expose().to_owned())),
    ])
}

fn with_warning(format: Format, text: Secret) -> Rendered {
    let mut rendered = Rendered::from(text);
    if format == Format::Gitlab && rendered.text.expose().len() > GITLAB_LIMIT {
        rendered.warnings.push(Warning {
            code: "gitlab_too_large",
            message: "the file is over 5 KiB, the most that GitLab takes by default".to_owned(),
            hint: "leave the AUTH variable out, or split the file".to_owned(),
        });
    }
    rendered
}

pub(super) fn remove(text: &str, o: &RenderOptions) -> Result<Secret> {
    let ecosystem = o.ecosystem;
    let keys = [ecosystem.identity_variable(), ecosystem.token_variable(), ecosystem.auth_variable()];
    keyed::remove(text, settings, &keys.map(str::to_owned))
}

pub(super) fn parse(text: &str) -> Vec<ParsedEntry> {
    collect(settings(text).into_iter().map(|s| Assignment { line: s.line, name: s.key, value: s.value }))
}

/// All settings. A quoted value may go over several lines, which hide what looks like a setting.
fn settings(text: &str) -> Vec<Setting> {
    let mut found = Vec::new();
    let mut hidden_until = 0;
    for line in lines(text) {
        if line.start < hidden_until {
            continue;
        }
        let Some((key, at)) = key_of(line.text) else { continue };
        let start = line.start + at;
        let (range, value) = value_at(text, start, line.text_end());
        let end = lines(&text[range.end..]).next().map_or(range.end, |rest| range.end + rest.end);
        let end = end.max(line.end);
        hidden_until = end;
        found.push(Setting { line: line.number, key: key.to_owned(), lines: line.start..end, lead: "", range, value });
    }
    found
}

/// The name on a line, and where its value begins.
fn key_of(line: &str) -> Option<(&str, usize)> {
    let (left, right) = line.split_once('=')?;
    let name = left.trim();
    let name = name.strip_prefix("export").filter(|rest| rest.starts_with([' ', '\t'])).map_or(name, str::trim_start);
    let valid = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'));
    valid.then(|| (name, left.len() + 1 + right.len() - right.trim_start_matches([' ', '\t']).len()))
}

fn value_at(text: &str, start: usize, line_end: usize) -> (Range<usize>, Secret) {
    let rest = &text[start..];
    if let Some(quote) = rest.chars().next().filter(|c| matches!(c, '\'' | '"' | '`'))
        && let Some(length) = closing_quote(rest, quote)
        && ends_there(&rest[length + 1..])
    {
        return (start..start + length + 1, Secret::new(&rest[1..length]));
    }
    let line = &text[start..line_end];
    let comment = line.match_indices('#').map(|(at, _)| at).find(|at| *at == 0 || line[..*at].ends_with([' ', '\t']));
    let value = line[..comment.unwrap_or(line.len())].trim_end();
    (start..start + value.len(), Secret::new(value))
}

/// Whether nothing but a comment follows on the line; else the quotes were part of a bare word.
fn ends_there(rest: &str) -> bool {
    let rest = rest.split(['\n', '\r']).next().unwrap_or_default().trim_start_matches([' ', '\t']);
    rest.is_empty() || rest.starts_with('#')
}

fn closing_quote(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().skip(1).find_map(|(at, c)| {
        let closes = c == quote && !escaped;
        escaped = c == '\\' && quote == '"' && !escaped;
        closes.then_some(at)
    })
}

fn quote(part: Part, value: &str) -> Result<Zeroizing<String>> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'/' | b'+' | b'-' | b'=' | b':' | b'@');
    if value.bytes().all(plain) {
        return Ok(Zeroizing::new(value.to_owned()));
    }
    // Bun and python-dotenv expand variables even within single quotes, and take a backslash there for
    // an escape; other readers do neither.
    if value.contains(['$', '\\']) {
        return Err(refuse(Format::Dotenv, part, "holds a dollar sign or backslash"));
    }
    if !value.contains('\'') {
        return Ok(Zeroizing::new(format!("'{value}'")));
    }
    if !value.contains(['"', '`']) {
        return Ok(Zeroizing::new(format!("\"{value}\"")));
    }
    Err(refuse(Format::Dotenv, part, "mixes single quotes with other ones"))
}

fn bare(part: Part, value: &str) -> Result<Zeroizing<String>> {
    if value.bytes().any(|b| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'`' | b'#')) {
        return Err(refuse(Format::Gitlab, part, "holds white space, a quote or #"));
    }
    Ok(Zeroizing::new(value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;
    use crate::formats::tests::options;

    const FRESH: &str =
        "CHAINGUARD_JAVASCRIPT_IDENTITY_ID=a/b\nCHAINGUARD_JAVASCRIPT_TOKEN=c\nCHAINGUARD_JAVASCRIPT_AUTH=YS9iOmM=\n";

    fn edited(text: &str) -> String {
        let pair = Credentials::new("a/b", Secret::new("c"));
        edit(text, Format::Dotenv, &pair, &options()).unwrap().text.expose().to_owned()
    }

    #[test]
    fn settings_are_changed_where_they_stand() {
        assert_eq!(edited(""), FRESH);
        assert_eq!(
            edited(
                "A=\"\nCHAINGUARD_JAVASCRIPT_TOKEN=no\n\"\r\n export CHAINGUARD_JAVASCRIPT_TOKEN = 'x y' # note\nCHAINGUARD_JAVASCRIPT_AUTH=\nCHAINGUARD_JAVASCRIPT_AUTH=old"
            ),
            "A=\"\nCHAINGUARD_JAVASCRIPT_TOKEN=no\n\"\r\n export CHAINGUARD_JAVASCRIPT_TOKEN = c # note\nCHAINGUARD_JAVASCRIPT_AUTH=YS9iOmM=\nCHAINGUARD_JAVASCRIPT_IDENTITY_ID=a/b"
        );
    }

    #[test]
    fn a_comment_stays_one() {
        let text = "CHAINGUARD_JAVASCRIPT_IDENTITY_ID= # paste\nCHAINGUARD_JAVASCRIPT_TOKEN=#here\nCHAINGUARD_JAVASCRIPT_AUTH='x'#y\n";
        let once = edited(text);
        assert_eq!(
            once,
            "CHAINGUARD_JAVASCRIPT_IDENTITY_ID= a/b # paste\nCHAINGUARD_JAVASCRIPT_TOKEN=c #here\nCHAINGUARD_JAVASCRIPT_AUTH=YS9iOmM= #y\n"
        );
        assert_eq!(edited(&once), once);
    }

    #[test]
    fn an_open_quote_that_would_take_in_the_setting_is_refused() {
        let text = "TEXT=\"\nCHAINGUARD_JAVASCRIPT_TOKEN=a\"b\n\"\n";
        let pair = Credentials::new("a/b", Secret::new("c"));
        assert_eq!(edit(text, Format::Dotenv, &pair, &options()).unwrap_err().code(), ErrorCode::InvalidSyntax);
        // Without the line the quotes would hold a line break, and TEXT be another.
        assert_eq!(remove(text, &options()).unwrap_err().code(), ErrorCode::InvalidSyntax);
        let closed = "TEXT='\"'\nCHAINGUARD_JAVASCRIPT_TOKEN=a\"b\n\"\n";
        assert_eq!(remove(closed, &options()).unwrap().expose(), "TEXT='\"'\n\"\n");
    }

    #[test]
    fn gitlab_takes_no_quotes_and_five_kilobytes() {
        let pair = |password: &str| Credentials::new("a/b", Secret::new(password));
        assert!(edit("", Format::Gitlab, &pair("c d"), &options()).is_err());
        let large = edit("", Format::Gitlab, &pair(&"c".repeat(3000)), &options()).unwrap();
        assert_eq!(large.warnings[0].code, "gitlab_too_large");
        assert_eq!(edit("", Format::Gitlab, &pair("c"), &options()).unwrap().text.expose(), FRESH);
    }

    #[test]
    fn quotes_are_chosen_or_refused() {
        assert_eq!(*quote(Part::Password, "a b").unwrap(), "'a b'");
        assert_eq!(*quote(Part::Password, "a'b").unwrap(), "\"a'b\"");
        for readers_disagree in ["a'b\"", "a'b`", "$HOME", "a${HOME}b", "a\\", "a\\\\b"] {
            assert_eq!(quote(Part::Password, readers_disagree).unwrap_err().code(), ErrorCode::ValueNotRepresentable);
        }
    }
}
