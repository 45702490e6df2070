//! JSON with comments, trailing commas and JSON5's quotes, read for the places of its parts.

use std::ops::Range;

use crate::error::{Error, ErrorCode, Result};
use crate::formats::lines::{bom_length, lines};

/// Deeper files are nobody's configuration.
const DEEPEST: usize = 64;

/// A value and where it stands.
pub(super) struct Node {
    pub(super) range: Range<usize>,
    pub(super) kind: Kind,
}

pub(super) enum Kind {
    Text(String),
    Object(Vec<Member>),
    Array(Vec<Member>),
    Other,
}

/// A member of an object, or an element of an array, which has no key.
pub(super) struct Member {
    pub(super) key: String,
    /// With its key.
    pub(super) range: Range<usize>,
    pub(super) value: Node,
    /// Where the comma behind it stands.
    pub(super) comma: Option<usize>,
}

impl Node {
    pub(super) fn members(&self) -> &[Member] {
        match &self.kind {
            Kind::Object(members) | Kind::Array(members) => members,
            _ => &[],
        }
    }

    /// The member that counts: where a name occurs twice, readers take the last.
    pub(super) fn member(&self, key: &str) -> Option<&Member> {
        match &self.kind {
            Kind::Object(members) => members.iter().rfind(|member| member.key == key),
            _ => None,
        }
    }

    pub(super) fn text_of(&self, key: &str) -> Option<&str> {
        match &self.member(key)?.value.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// The one value of a text.
///
/// # Errors
/// `invalid_syntax` with the line.
pub(super) fn read(text: &str) -> Result<Node> {
    let mut reader = Reader { text, at: bom_length(text) };
    let root = reader.value(0)?;
    reader.skip()?;
    if reader.at < text.len() { Err(reader.invalid()) } else { Ok(root) }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn value(&mut self, depth: usize) -> Result<Node> {
        self.skip()?;
        let start = self.at;
        let kind = match self.peek() {
            Some('{') if depth < DEEPEST => Kind::Object(self.members('}', depth)?),
            Some('[') if depth < DEEPEST => Kind::Array(self.members(']', depth)?),
            Some('"' | '\'') => Kind::Text(self.string()?),
            _ => {
                self.word()?;
                Kind::Other
            }
        };
        Ok(Node { range: start..self.at, kind })
    }

    fn members(&mut self, end: char, depth: usize) -> Result<Vec<Member>> {
        self.at += 1;
        let mut members: Vec<Member> = Vec::new();
        loop {
            self.skip()?;
            let start = self.at;
            match self.peek() {
                Some(c) if c == end => {
                    self.at += 1;
                    return Ok(members);
                }
                Some(',') if members.last().is_some_and(|member| member.comma.is_none()) => {
                    if let Some(last) = members.last_mut() {
                        last.comma = Some(start);
                    }
                    self.at += 1;
                    continue;
                }
                _ if members.last().is_some_and(|member| member.comma.is_none()) => return Err(self.invalid()),
                _ => {}
            }
            let mut key = String::new();
            if end == '}' {
                key = match self.peek() {
                    Some('"' | '\'') => self.string()?,
                    _ => self.word()?,
                };
                self.skip()?;
                if self.peek() != Some(':') {
                    return Err(self.invalid());
                }
                self.at += 1;
            }
            let value = self.value(depth + 1)?;
            members.push(Member { key, range: start..self.at, value, comma: None });
        }
    }

    fn string(&mut self) -> Result<String> {
        let rest = &self.text[self.at..];
        let mut chars = rest.char_indices();
        let quote = chars.next().map(|(_, c)| c);
        let mut out = String::new();
        while let Some((at, c)) = chars.next() {
            match c {
                c if Some(c) == quote => {
                    self.at += at + 1;
                    return Ok(out);
                }
                '\n' | '\r' => break,
                '\\' => match chars.next() {
                    Some((_, 'n')) => out.push('\n'),
                    Some((_, 't')) => out.push('\t'),
                    Some((at, 'u')) => {
                        let code = rest.get(at + 1..at + 5).and_then(|hex| u32::from_str_radix(hex, 16).ok());
                        out.push(code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER));
                        chars.by_ref().take(4).for_each(drop);
                    }
                    Some((_, c)) => out.push(c),
                    None => break,
                },
                c => out.push(c),
            }
        }
        Err(self.invalid())
    }

    /// A number, a literal or a bare key.
    fn word(&mut self) -> Result<String> {
        let rest = &self.text[self.at..];
        let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.' | '+' | '-');
        let length = rest.find(|c: char| !fits(c)).unwrap_or(rest.len());
        if length == 0 {
            return Err(self.invalid());
        }
        self.at += length;
        Ok(rest[..length].to_owned())
    }

    /// Passes over white space and comments.
    fn skip(&mut self) -> Result<()> {
        loop {
            let rest = &self.text[self.at..];
            let trimmed = rest.trim_start();
            self.at += rest.len() - trimmed.len();
            if trimmed.starts_with("//") {
                self.at += trimmed.find(['\n', '\r']).unwrap_or(trimmed.len());
            } else if trimmed.starts_with("/*") {
                self.at += trimmed.find("*/").ok_or_else(|| self.invalid())? + 2;
            } else {
                return Ok(());
            }
        }
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn invalid(&self) -> Error {
        let line = lines(self.text).take_while(|line| line.start <= self.at).last().map_or(1, |line| line.number);
        Error::new(ErrorCode::InvalidSyntax, format!("line {line} is no valid JSON"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_json5_with_places() {
        let text = "\u{FEFF}// x\n{ \"a\": [1, {b: 'c\\u0041'},], /* y */ 'd': true }\n";
        let root = read(text).unwrap();
        assert_eq!(&text[root.member("a").unwrap().range.clone()], "\"a\": [1, {b: 'c\\u0041'},]");
        let array = &root.member("a").unwrap().value;
        assert_eq!(array.members()[1].value.text_of("b"), Some("cA"));
        assert!(array.members()[1].comma.is_some() && root.member("d").unwrap().comma.is_none());
        for text in ["", "{", "[1 2]", "{\"a\" 1}", "{} x", "\"a\nb\"", "/* x", "[,]"] {
            assert_eq!(read(text).err().unwrap().code(), ErrorCode::InvalidSyntax, "{text}");
        }
    }
}
