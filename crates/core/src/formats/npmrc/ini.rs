//! The ini dialect of npm, read as its parser reads it and remembered by place.
//!
//! Facts of npm's `ini` package: a line ends at any CR or LF; a comment begins with `;` or `#`,
//! also behind an unquoted value unless a backslash stands before it; a value in quotes is JSON; a
//! `[section]` has to start its line and takes all keys below it away from npm; white space is
//! JavaScript's, to which a byte order mark belongs.

use std::borrow::Cow;
use std::ops::Range;

use crate::formats::lines::{BOM, Line, lines};
use crate::json::{self, Value};
use crate::secret::Secret;

/// What a line is.
pub(super) enum Item<'a> {
    /// The start of a section.
    Section(Line<'a>),
    /// A setting that npm sees.
    Pair(Pair<'a>),
    /// A comment, a blank line, or a setting inside a section.
    Other(Line<'a>),
}

/// A setting and where its parts stand in the text.
pub(super) struct Pair<'a> {
    pub(super) line: Line<'a>,
    /// The key as npm understands it.
    pub(super) key: Cow<'a, str>,
    /// The key as it is written.
    pub(super) key_range: Range<usize>,
    /// The value as it is written, quotes included and comment excluded; `None` without a `=`.
    pub(super) value_range: Option<Range<usize>>,
    raw_value: Option<&'a str>,
}

impl Pair<'_> {
    /// The value as npm understands it. Only on demand: most settings are none of ours.
    pub(super) fn value(&self) -> Secret {
        Secret::new(self.raw_value.map_or(Cow::Borrowed("true"), |raw| read(raw, 0).0))
    }
}

/// All lines of a text.
pub(super) fn items(text: &str) -> impl Iterator<Item = Item<'_>> {
    let mut in_section = false;
    lines(text).map(move |line| {
        // Behind a byte order mark npm takes a bracket for the start of a key.
        let at_start = line.start == 0 || line.number > 1;
        if at_start && is_section(line.text) {
            in_section = true;
            return Item::Section(line);
        }
        match pair(line) {
            Some(pair) if !in_section => Item::Pair(pair),
            _ => Item::Other(line),
        }
    })
}

/// Whether a line is a section's head.
pub(super) fn is_section(text: &str) -> bool {
    text.strip_prefix('[').and_then(|rest| rest.split_once(']')).is_some_and(|(_, rest)| trim(rest).is_empty())
}

fn pair(line: Line<'_>) -> Option<Pair<'_>> {
    let trimmed = trim(line.text);
    if trimmed.is_empty() || trimmed.starts_with([';', '#']) || line.text.starts_with('=') {
        return None;
    }
    let (raw_key, raw_value) = match line.text.split_once('=') {
        Some((key, value)) => (key, Some(value)),
        None => (line.text, None),
    };
    // npm's expression stops at these two, and then does not match at all.
    if raw_value.is_some_and(|value| value.contains(['\u{2028}', '\u{2029}'])) {
        return None;
    }
    let (key, key_range) = read(raw_key, line.start);
    let value_range = raw_value.map(|raw| place(raw, line.start + raw_key.len() + 1));
    Some(Pair { line, key, key_range, value_range, raw_value })
}

/// What a key or value means, and where it stands when `raw` begins at `start`.
fn read(raw: &str, start: usize) -> (Cow<'_, str>, Range<usize>) {
    let range = place(raw, start);
    let text = &raw[range.start - start..range.end - start];
    // Quotes count only where no comment follows them.
    if is_quoted(trim(raw)) {
        let json = if text.starts_with('\'') { text.get(1..text.len() - 1).unwrap_or_default() } else { text };
        let value = match json::read(json) {
            Ok(Value::Text(value)) => value,
            Ok(_) => Cow::Borrowed(json.trim_ascii()),
            Err(_) => Cow::Borrowed(json),
        };
        return (value, range);
    }
    if !text.contains('\\') {
        return (Cow::Borrowed(text), range);
    }
    let mut value = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some(c @ ('\\' | ';' | '#')) => value.push(c),
                Some(c) => value.extend(['\\', c]),
                None => value.push('\\'),
            },
            c => value.push(c),
        }
    }
    let kept = trim(&value).len();
    if kept < value.len() {
        value = trim(&value).to_owned();
    }
    (Cow::Owned(value), range)
}

/// Where a key or value stands: quotes included, white space and a comment behind it excluded.
fn place(raw: &str, start: usize) -> Range<usize> {
    let text = trim(raw);
    let start = start + (raw.len() - raw.trim_start_matches(is_space).len());
    if is_quoted(text) {
        return start..start + text.len();
    }
    let mut escaped = false;
    let comment = text.bytes().position(|b| {
        let ends = matches!(b, b';' | b'#') && !escaped;
        escaped = b == b'\\' && !escaped;
        ends
    });
    start..start + trim_end(&text[..comment.unwrap_or(text.len())]).len()
}

fn is_quoted(text: &str) -> bool {
    ['"', '\''].into_iter().any(|quote| text.starts_with(quote) && text.ends_with(quote))
}

fn is_space(c: char) -> bool {
    // JavaScript's white space: Unicode's without U+0085, with the byte order mark.
    c == BOM || (c.is_whitespace() && c != '\u{85}')
}

fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

fn trim_end(text: &str) -> &str {
    text.trim_end_matches(is_space)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        items(text)
            .filter_map(|item| match item {
                Item::Pair(pair) => Some((pair.key.to_string(), pair.value().expose().to_owned())),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn reads_values_as_npm_does() {
        // Expectations taken from npm's own parser.
        for (line, key, value) in [
            ("a=b", "a", "b"),
            ("  a = b  ; c", "a", "b"),
            ("a=b#c", "a", "b"),
            (r"a=b\;c\#d\\e\f", "a", r"b;c#d\e\f"),
            (r#"a="b # \"c\"" "#, "a", r#"b # "c""#),
            (r#"a="b" ; c"#, "a", "\"b\""),
            ("a='b;c'", "a", "b;c"),
            ("a='\"b\"'", "a", "b"),
            ("a=b=c==", "a", "b=c=="),
            ("a", "a", "true"),
            ("a=", "a", ""),
            ("\"a\"=b", "a", "b"),
            ("a=\"", "a", "\""),
            ("a='", "a", ""),
            ("  [a]", "[a]", "true"),
            ("[a] b=c", "[a] b", "c"),
            (r"a=b\", "a", r"b\"),
        ] {
            assert_eq!(pairs(line), [(key.to_owned(), value.to_owned())], "{line}");
        }
        for line in ["; a=b", "  # a=b", "=b", "", "   ", "a=b\u{2028}c", "[a]"] {
            assert_eq!(pairs(line), [], "{line}");
        }
    }

    #[test]
    fn a_section_hides_what_stands_below_it() {
        assert_eq!(pairs("a=1\n[s]\nb=2\n"), [("a".to_owned(), "1".to_owned())]);
        assert_eq!(pairs("\u{FEFF}a=1\r\nb=2\rc=3").len(), 3);
        assert_eq!(pairs("\u{FEFF}[s]\na=1").len(), 2);
    }

    #[test]
    fn ranges_cover_what_is_written() {
        let text = "x=1\n  \"k\" = 'v' \n q = w \\; ; note\n";
        let found: Vec<_> = items(text)
            .filter_map(|item| match item {
                Item::Pair(pair) => Some((&text[pair.key_range], &text[pair.value_range?])),
                _ => None,
            })
            .collect();
        assert_eq!(found, [("x", "1"), ("\"k\"", "'v'"), ("q", r"w \;")]);
    }
}
