//! Tokens of a netrc: what Python's `netrc` and curl both take for one, and where they part.

use std::ops::Range;

use zeroize::Zeroizing;

use super::difference::Difference;
use super::text::Text;

/// A token, comments included, and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Token {
    pub(super) start: usize,
    /// Quotes included.
    pub(super) end: usize,
    /// The line it begins on, from 1.
    pub(super) line: usize,
    pub(super) kind: Kind,
    /// What the two readers do not agree on in it.
    pub(super) difference: Option<Difference>,
}

impl Token {
    /// Where it stands, quotes included.
    pub(super) fn range(&self) -> Range<usize> {
        self.start..self.end
    }

    /// Its text in the file that it was read from, unquoted and unescaped; of a comment, all.
    #[inline(always)]
    pub(super) fn text<'a>(&self, file: &'a str) -> Text<'a> {
        let raw = &file[self.range()];
        if self.kind == Kind::Quoted { Text::Built(unquoted(raw)) } else { Text::Plain(raw) }
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
    /// The line that `at` stands on, from 1.
    line: usize,
    /// Python reads a comment to the end of its line only where it met no line break since here.
    python_at: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str, at: usize) -> Self {
        Self { text, at, line: 1, python_at: at }
    }

    /// How far it has read.
    pub(super) fn place(&self) -> usize {
        self.at
    }

    /// The next token, if there is one.
    // Into its two callers: a token that goes through memory costs more than the reading of it.
    #[inline(always)]
    pub(super) fn next(&mut self, place: Place) -> Option<Token> {
        match self.skip_space()? {
            b'#' if place != Place::Value => Some(self.comment(place)),
            b'"' => Some(self.quoted()),
            _ => Some(self.word(place)),
        }
    }

    /// The first byte behind white space, of which every line break counts.
    #[inline(always)]
    fn skip_space(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        loop {
            let first = *bytes.get(self.at)?;
            if !is_space(first) {
                return Some(first);
            }
            self.at += 1;
            let ends_line = first == b'\n' || first == b'\r' && bytes.get(self.at) != Some(&b'\n');
            self.line += usize::from(ends_line);
        }
    }

    #[inline(always)]
    fn word(&mut self, place: Place) -> Token {
        let start = self.at;
        let bytes = &self.text.as_bytes()[start..];
        // One pass over the bytes, which are most of a file's.
        let mut classes = 0;
        let plain = plain_length(bytes);
        let end = bytes[plain..].iter().position(|b| {
            let class = CLASSES[usize::from(*b)];
            classes |= class;
            class == SPACE
        });
        self.at += end.map_or(bytes.len(), |end| plain + end);
        self.python_at = self.after_terminator();
        let difference = if place == Place::Value && bytes.first() == Some(&b'#') {
            Some(Difference::HashValue)
        } else if classes & BACKSLASH != 0 {
            Some(Difference::Backslash)
        } else if classes & ODD_SPACE != 0 {
            Some(Difference::WhiteSpace)
        } else {
            None
        };
        Token { start, end: self.at, line: self.line, kind: Kind::Word, difference }
    }

    #[cold]
    fn quoted(&mut self) -> Token {
        let start = self.at;
        let rest = &self.text[start..];
        let mut difference = None;
        let mut chars = rest.char_indices().skip(1);
        let length = loop {
            match chars.next() {
                Some((at, '"')) => break Some(at + 1),
                Some((_, '\\')) => match chars.next() {
                    // curl makes control characters of these three, Python letters.
                    Some((_, 'n' | 'r' | 't')) => difference = Some(Difference::Escape),
                    Some(_) => {}
                    None => break None,
                },
                Some((_, '\n' | '\r')) => difference = Some(Difference::OpenQuote),
                Some(_) => {}
                None => break None,
            }
        };
        if length.is_none() {
            difference = Some(Difference::OpenQuote);
        }
        let length = length.unwrap_or(rest.len());
        let line = self.line;
        self.line += count_breaks(&rest[..length]);
        self.at += length;
        self.python_at = self.at;
        if self.text.as_bytes().get(self.at).is_some_and(|b| !is_space(*b)) {
            difference = Some(Difference::GluedQuote);
        }
        Token { start, end: self.at, line, kind: Kind::Quoted, difference }
    }

    /// curl's comment goes to the end of the line. Python's does too, but outside of an entry only
    /// if the `#` stands alone, and nowhere if a blank line or a space came before.
    #[cold]
    fn comment(&mut self, place: Place) -> Token {
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
        Token { start, end: self.at, line: self.line, kind: Kind::Comment, difference }
    }

    /// Skips a macro: up to and with the first empty line. False where none ends it.
    pub(super) fn skip_macro(&mut self) -> bool {
        let start = self.at;
        // The rest of the line that names it belongs to it, but for a bare line break just read.
        let mut at = self.after_terminator();
        let end = loop {
            let rest = &self.text[at..];
            let Some(length) = rest.find(['\n', '\r']) else { break None };
            at += length + break_length(&rest[length..]);
            if length == 0 {
                break Some(at);
            }
        };
        self.at = end.unwrap_or(self.text.len());
        self.python_at = self.at;
        self.line += count_breaks(&self.text[start..self.at]);
        end.is_some()
    }

    /// Behind the one white-space character (CR LF counts as one) that Python reads with a word.
    fn after_terminator(&self) -> usize {
        match &self.text.as_bytes()[self.at..] {
            [b'\r', b'\n', ..] => self.at + 2,
            [first, ..] if is_space(*first) => self.at + 1,
            _ => self.at,
        }
    }
}

/// What a quoted token says.
fn unquoted(raw: &str) -> Zeroizing<String> {
    // Large enough from the start: growing would leave copies of a secret behind.
    let mut text = Zeroizing::new(String::with_capacity(raw.len()));
    let mut chars = raw.chars().skip(1);
    while let Some(c) = chars.next() {
        match c {
            '"' => break,
            '\\' => text.extend(chars.next()),
            c => text.push(c),
        }
    }
    text
}

fn break_length(rest: &str) -> usize {
    if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with(['\n', '\r'])) }
}

/// How many bytes at the start are certain to be ordinary parts of a word. A whole block is looked at
/// at once: passwords are long.
#[inline(always)]
fn plain_length(bytes: &[u8]) -> usize {
    let (blocks, _) = bytes.as_chunks::<16>();
    let is_plain = |block: &&[u8; 16]| block.iter().fold(true, |all, b| all & (*b > b' ') & (*b != b'\\'));
    blocks.iter().take_while(is_plain).count() * 16
}

/// How many line breaks there are in a text that does not end between a CR and an LF.
pub(super) fn count_breaks(text: &str) -> usize {
    let bytes = text.as_bytes();
    let pairs = bytes.windows(2).filter(|pair| *pair == b"\r\n").count();
    bytes.iter().filter(|b| matches!(b, b'\n' | b'\r')).count() - pairs
}

fn is_space(b: u8) -> bool {
    CLASSES[usize::from(b)] == SPACE
}

/// White space between words.
const SPACE: u8 = 1;
const BACKSLASH: u8 = 2;
/// White space for curl alone.
const ODD_SPACE: u8 = 4;

/// What a byte may be besides an ordinary part of a word.
static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    classes[b' ' as usize] = SPACE;
    classes[b'\t' as usize] = SPACE;
    classes[b'\n' as usize] = SPACE;
    classes[b'\r' as usize] = SPACE;
    classes[b'\\' as usize] = BACKSLASH;
    classes[0x0b] = ODD_SPACE;
    classes[0x0c] = ODD_SPACE;
    classes
};
