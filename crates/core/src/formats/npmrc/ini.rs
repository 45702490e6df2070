//! The ini dialect of npm, read as its parser reads it and remembered by place.
//!
//! Facts of npm's `ini` package: a line ends at any CR or LF; a comment begins with `;` or `#`,
//! also behind an unquoted value unless a backslash stands before it; a value in quotes is JSON; a
//! `[section]` has to start its line and takes all keys below it away from npm; white space is
//! JavaScript's, to which a byte order mark belongs.

use std::ops::Range;

use crate::formats::lines::{BOM, Line, lines};
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
    pub(super) key: String,
    /// The key as it is written.
    pub(super) key_range: Range<usize>,
    /// The value as it is written, quotes included and comment excluded; `None` without a `=`.
    pub(super) value_range: Option<Range<usize>>,
    /// The value as npm understands it.
    pub(super) value: Secret,
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
    let (value, value_range) = match raw_value {
        Some(raw) => {
            let (value, range) = read(raw, line.start + raw_key.len() + 1);
            (value, Some(range))
        }
        None => (Secret::new("true"), None),
    };
    // A key is no secret.
    Some(Pair { line, key: key.expose().to_owned(), key_range, value_range, value })
}

/// What a key or value means, and where it stands when `raw` begins at `start`.
fn read(raw: &str, start: usize) -> (Secret, Range<usize>) {
    let text = trim(raw);
    let start = start + (raw.len() - raw.trim_start_matches(is_space).len());
    let quoted = |quote: char| text.starts_with(quote) && text.ends_with(quote);
    if quoted('"') || quoted('\'') {
        let json = if text.starts_with('\'') { text.get(1..text.len() - 1).unwrap_or_default() } else { text };
        let value = match serde_json::from_str::<serde_json::Value>(json) {
            Ok(serde_json::Value::String(value)) => value,
            Ok(value) => value.to_string(),
            Err(_) => json.to_owned(),
        };
        return (Secret::new(value), start..start + text.len());
    }
    let mut value = zeroize::Zeroizing::new(String::with_capacity(text.len()));
    let mut end = text.len();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            ';' | '#' => {
                end = at;
                break;
            }
            '\\' => match chars.next() {
                Some((_, c @ ('\\' | ';' | '#'))) => value.push(c),
                Some((_, c)) => value.extend(['\\', c]),
                None => value.push('\\'),
            },
            c => value.push(c),
        }
    }
    (Secret::new(trim(&value)), start..start + trim_end(&text[..end]).len())
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
                Item::Pair(pair) => Some((pair.key, pair.value.expose().to_owned())),
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
