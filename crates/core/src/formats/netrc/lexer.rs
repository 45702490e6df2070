//! Tokens of a netrc: what Python's `netrc` and curl both take for one, and where they part.

use std::ops::{Deref, Range};

use zeroize::Zeroizing;

use super::difference::Difference;

/// A token, comments included, and where it stands.
pub(super) struct Token<'a> {
    /// Quotes included.
    pub(super) range: Range<usize>,
    /// Unquoted and unescaped; for a comment, all of it.
    pub(super) text: Text<'a>,
    pub(super) kind: Kind,
    /// What the two readers do not agree on in it.
    pub(super) difference: Option<Difference>,
}

/// A token's text: a part of the file, or built anew and then zeroed in the end.
pub(super) enum Text<'a> {
    Plain(&'a str),
    Built(Zeroizing<String>),
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Plain(text) => text,
            Self::Built(text) => text,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    Quoted,
    Comment,
}

/// What the caller expects next.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A keyword outside of any entry.
    Top,
    /// A keyword inside an entry.
    Entry,
    /// A value: Python takes a `#` here for its first character.
    Value,
}

pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
    /// Python reads a comment to the end of its line only where it met no line break since here.
    python_at: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str, at: usize) -> Self {
        Self { text, at, python_at: at }
    }

    /// How far it has read.
    pub(super) fn place(&self) -> usize {
        self.at
    }

    /// The next token, if there is one.
    pub(super) fn next(&mut self, place: Place) -> Option<Token<'a>> {
        let bytes = self.text.as_bytes();
        while self.at < bytes.len() && is_space(bytes[self.at]) {
            self.at += 1;
        }
        match bytes.get(self.at)? {
            b'#' if place != Place::Value => Some(self.comment(place)),
            b'"' => Some(self.quoted()),
            _ => Some(self.word(place)),
        }
    }

    fn word(&mut self, place: Place) -> Token<'a> {
        let start = self.at;
        let rest = &self.text[start..];
        let length = rest.bytes().position(is_space).unwrap_or(rest.len());
        let raw = &rest[..length];
        self.at += length;
        self.python_at = self.after_terminator();
        let difference = if place == Place::Value && raw.starts_with('#') {
            Some(Difference::HashValue)
        } else if raw.contains('\\') {
            Some(Difference::Backslash)
        } else if raw.bytes().any(|b| matches!(b, 0x0b | 0x0c)) {
            Some(Difference::WhiteSpace)
        } else {
            None
        };
        Token { range: start..self.at, text: Text::Plain(raw), kind: Kind::Word, difference }
    }

    fn quoted(&mut self) -> Token<'a> {
        let start = self.at;
        let rest = &self.text[start..];
        let mut text = Zeroizing::new(String::with_capacity(rest.find(['\n', '\r']).unwrap_or(rest.len())));
        let mut difference = None;
        let mut chars = rest.char_indices().skip(1);
        let mut length = None;
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    length = Some(at + 1);
                    break;
                }
                '\\' => match chars.next() {
                    // curl makes control characters of these three, Python letters.
                    Some((_, c)) => {
                        if matches!(c, 'n' | 'r' | 't') {
                            difference = Some(Difference::Escape);
                        }
                        text.push(c);
                    }
                    None => break,
                },
                c => {
                    if matches!(c, '\n' | '\r') {
                        difference = Some(Difference::OpenQuote);
                    }
                    text.push(c);
                }
            }
        }
        if length.is_none() {
            difference = Some(Difference::OpenQuote);
        }
        self.at = start + length.unwrap_or(rest.len());
        self.python_at = self.at;
        if self.text.as_bytes().get(self.at).is_some_and(|b| !is_space(*b)) {
            difference = Some(Difference::GluedQuote);
        }
        Token { range: start..self.at, text: Text::Built(text), kind: Kind::Quoted, difference }
    }

    /// curl's comment goes to the end of the line. Python's does too, but outside of an entry only
    /// if the `#` stands alone, and nowhere if a blank line or a space came before.
    fn comment(&mut self, place: Place) -> Token<'a> {
        let start = self.at;
        let rest = &self.text[start..];
        let length = rest.find(['\n', '\r']).unwrap_or(rest.len());
        let raw = &rest[..length];
        self.at += length;
        let first = &raw[..raw.bytes().position(is_space).unwrap_or(raw.len())];
        let fresh = !self.text[self.python_at..start].contains(['\n', '\r']);
        let whole_line = fresh && (place == Place::Entry || first == "#");
        let more = !raw[first.len()..].trim_matches([' ', '\t']).is_empty();
        let difference = (more && !whole_line).then_some(Difference::Comment);
        self.python_at = self.after_terminator();
        if !whole_line && first.len() < raw.len() {
            // There Python has read the first word and the space behind it.
            self.python_at = start + first.len() + 1;
        }
        Token { range: start..self.at, text: Text::Plain(raw), kind: Kind::Comment, difference }
    }

    /// Skips a macro: up to and with the first empty line. False where none ends it.
    pub(super) fn skip_macro(&mut self) -> bool {
        let mut at = self.after_terminator();
        // The rest of the line that names it belongs to it, but for a bare line break just read.
        loop {
            let rest = &self.text[at..];
            let Some(length) = rest.find(['\n', '\r']) else {
                self.at = self.text.len();
                self.python_at = self.at;
                return false;
            };
            let next = at + length + break_length(&rest[length..]);
            if length == 0 {
                self.at = next;
                self.python_at = next;
                return true;
            }
            at = next;
        }
    }

    /// Behind the one white-space character (CR LF counts as one) that Python reads with a word.
    fn after_terminator(&self) -> usize {
        let rest = &self.text[self.at..];
        self.at + break_length(rest).max(usize::from(rest.starts_with([' ', '\t'])))
    }
}

fn break_length(rest: &str) -> usize {
    if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with(['\n', '\r'])) }
}

fn is_space(b: u8) -> bool {
    matches!(b, b' ' | b'\t' | b'\n' | b'\r')
}
