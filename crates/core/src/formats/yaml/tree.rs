//! A YAML text as a tree of mappings and scalars, with the place of each.

use std::collections::BTreeSet;
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle};

use crate::error::{Error, ErrorCode, Result};
use crate::formats::lines::{bom_length, line_number};
use crate::secret::Secret;

/// Deeper files are nobody's configuration.
const DEEPEST: usize = 64;

/// A value and where it stands.
pub(super) struct Node {
    pub(super) range: Range<usize>,
    /// How many characters stand before it on its line.
    pub(super) column: usize,
    pub(super) kind: Kind,
}

pub(super) enum Kind {
    /// Nothing where a value could be.
    Nothing,
    Scalar(Secret),
    Mapping {
        flow: bool,
        pairs: Vec<(Node, Node)>,
    },
    /// A sequence or an alias.
    Other,
}

impl Node {
    pub(super) fn scalar(&self) -> Option<&Secret> {
        match &self.kind {
            Kind::Scalar(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn pairs(&self) -> &[(Node, Node)] {
        match &self.kind {
            Kind::Mapping { pairs, .. } => pairs,
            _ => &[],
        }
    }

    /// Whether it is a mapping without entries, or the place for one.
    pub(super) fn is_empty(&self) -> bool {
        match &self.kind {
            Kind::Nothing => true,
            Kind::Mapping { pairs, .. } => pairs.is_empty(),
            _ => false,
        }
    }
}

/// The one document of a text; `None` where there is nothing in it.
pub(super) fn read(text: &str) -> Result<Option<Node>> {
    let offset = bom_length(text);
    let body = &text[offset..];
    // The parser counts characters.
    let places: Vec<usize> = body.char_indices().map(|(at, _)| offset + at).chain([text.len()]).collect();
    let byte = |index: usize| places.get(index).copied().unwrap_or(text.len());
    let invalid = |at: usize, what: &str| {
        let line = line_number(text, at);
        Err(Error::new(ErrorCode::InvalidSyntax, format!("line {line} {what}")))
    };
    let mut open: Vec<(Node, Vec<Node>)> = Vec::new();
    let mut root = None;
    for event in Parser::new_from_str(body) {
        let (event, span) = match event {
            Ok(found) => found,
            // The parser's own words may repeat what it read.
            Err(error) => return invalid(byte(error.marker().index()), "is no valid YAML"),
        };
        let range = byte(span.start.index())..byte(span.end.index());
        let node = |kind| Node { range: range.clone(), column: span.start.col(), kind };
        let flow = is_flow(&text[range.clone()]);
        let done = match event {
            Event::DocumentStart(_) if root.is_some() => return invalid(range.start, "begins a second document"),
            Event::MappingStart(..) | Event::SequenceStart(..) => {
                if open.len() == DEEPEST {
                    return invalid(range.start, "is nested too deep");
                }
                let kind = match event {
                    Event::MappingStart(..) => Kind::Mapping { flow, pairs: Vec::new() },
                    _ => Kind::Other,
                };
                open.push((node(kind), Vec::new()));
                continue;
            }
            Event::MappingEnd | Event::SequenceEnd => {
                let Some((mut done, children)) = open.pop() else { continue };
                let flow = is_flow(&text[done.range.clone()]);
                // A block ends with its last value, before comments and blank lines.
                let last = children.iter().map(|child| child.range.end).max().unwrap_or(done.range.end);
                // The place of a closing bracket may reach over the comment behind it.
                done.range.end = if flow { range.start + 1 } else { last };
                if let Kind::Mapping { pairs, .. } = &mut done.kind {
                    let mut keys = BTreeSet::new();
                    let mut children = children.into_iter();
                    while let (Some(key), Some(mut value)) = (children.next(), children.next()) {
                        if matches!(value.kind, Kind::Nothing) {
                            // The parser gives the place of the colon or, without one, of what comes next.
                            let colon = text[value.range.start..].starts_with(':');
                            let at = if colon { value.range.start + 1 } else { key.range.end };
                            value.range = at..at;
                        }
                        if !keys.insert(key.scalar().map(|key| key.expose().to_owned())) {
                            return invalid(key.range.start, "repeats a key");
                        }
                        pairs.push((key, value));
                    }
                }
                done
            }
            Event::Alias(_) => node(Kind::Other),
            Event::Scalar(..) if range.is_empty() => node(Kind::Nothing),
            Event::Scalar(value, style, ..) => {
                let end = range.start + scalar_length(&text[range.clone()], style);
                Node { range: range.start..end, ..node(Kind::Scalar(Secret::new(value.as_ref()))) }
            }
            _ => continue,
        };
        match open.last_mut() {
            Some((_, children)) => children.push(done),
            None => root = Some(done),
        }
    }
    Ok(root.filter(|root| !matches!(root.kind, Kind::Nothing)))
}

/// Whether the start of a collection is a bracket; a tag, an anchor and comments may stand before it.
fn is_flow(start: &str) -> bool {
    let mut rest = start;
    loop {
        rest = match rest.chars().next() {
            Some('!' | '&') => &rest[rest.find([' ', '\t', '\n', '\r']).unwrap_or(rest.len())..],
            Some('#') => &rest[rest.find(['\n', '\r']).unwrap_or(rest.len())..],
            Some(' ' | '\t' | '\n' | '\r') => &rest[1..],
            found => return matches!(found, Some('{' | '[')),
        };
    }
}

/// How long a scalar is: at the end of a file its place may reach over the comment behind it.
fn scalar_length(text: &str, style: ScalarStyle) -> usize {
    let quote = match style {
        ScalarStyle::DoubleQuoted => '"',
        ScalarStyle::SingleQuoted => '\'',
        ScalarStyle::Plain => {
            let comment = text.match_indices('#').map(|(at, _)| at);
            let end = comment.into_iter().find(|at| text[..*at].ends_with([' ', '\t', '\n', '\r']));
            return text[..end.unwrap_or(text.len())].trim_end().len();
        }
        _ => return text.len(),
    };
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c == '\\' && quote == '"' {
            chars.next();
        } else if c == quote {
            // Two single quotes stand for one.
            if quote == '\'' && chars.next_if(|(_, c)| *c == quote).is_some() {
                continue;
            }
            return at + 1;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_end_before_a_comment() {
        for (text, value) in [
            ("a: \"b\\\"#\" # \"c\"", "\"b\\\"#\""),
            ("a: 'b''c' # 'd'", "'b''c'"),
            ("a: b#c # d", "b#c"),
            ("a: {b: c} # d", "{b: c}"),
            ("a: [b] # d\n", "[b]"),
        ] {
            let root = read(text).unwrap().unwrap();
            assert_eq!(&text[root.pairs()[0].1.range.clone()], value, "{text}");
        }
    }

    #[test]
    fn a_missing_value_has_its_place_behind_the_colon() {
        for (text, place) in [("a:", 2), ("a :  # b\n", 3), ("? a\n: \nb: c\n", 5), ("? a\nb: c\n", 3)] {
            let root = read(text).unwrap().unwrap();
            assert_eq!(root.pairs()[0].1.range, place..place, "{text}");
        }
    }

    #[test]
    fn brackets_are_seen_behind_tags_and_comments() {
        for (text, expected) in [
            ("a: {}", true),
            ("a: { # b\n }", true),
            ("a: !!map &c # b\n  {}", true),
            ("a: !!map\n  {b: c}: d", false),
            ("a:\n  b: c", false),
        ] {
            let root = read(text).unwrap().unwrap();
            assert!(matches!(root.pairs()[0].1.kind, Kind::Mapping { flow, .. } if flow == expected), "{text}");
        }
    }
}
