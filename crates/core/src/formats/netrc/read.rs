//! Reading a netrc into entries.

use std::collections::HashSet;
use std::ops::Range;

use crate::formats::lines::{bom_length, lines};
use crate::secret::Secret;

use super::CURL_LINE_LIMIT;
use super::difference::Difference;
use super::lexer::{Kind, Lexer, Place, Token};

/// A netrc as it was understood.
#[derive(Clone, Debug, Default)]
pub struct Netrc {
    /// Its entries, in the file's order.
    pub entries: Vec<NetrcEntry>,
    /// What curl and Python would not read the same way, with the line of each.
    pub differences: Vec<(usize, Difference)>,
    /// Whether something added at the end would become part of a value or macro.
    pub(super) open_end: bool,
    /// Where `machine`, `default` and `macdef` stand as keywords.
    pub(super) heads: Vec<usize>,
}

/// One machine's credential.
#[derive(Clone, Debug, Default)]
pub struct NetrcEntry {
    /// The host; `None` for `default`.
    pub machine: Option<String>,
    /// The username.
    pub login: Option<String>,
    /// The password.
    pub password: Option<Secret>,
    /// The account, which only FTP uses.
    pub account: Option<String>,
    /// The line it begins on, from 1.
    pub line: usize,
    /// Its tokens, comments left out.
    pub(super) tokens: Vec<(Range<usize>, Role)>,
}

/// What a token of an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Machine,
    Login,
    Password,
    Other,
}

impl NetrcEntry {
    /// Whether it stands for every machine without an entry of its own.
    pub fn is_default(&self) -> bool {
        self.machine.is_none()
    }

    pub(super) fn is_for(&self, host: &str) -> bool {
        self.machine.as_ref().is_some_and(|machine| machine.eq_ignore_ascii_case(host))
    }
}

/// Reads a netrc.
///
/// Never fails: what Python's reader would stop at is passed over as curl does, and named in
/// [`Netrc::differences`]. Where the two read a value differently, an unquoted backslash stays and
/// all else is taken as Python takes it.
pub fn parse_netrc(text: &str) -> Netrc {
    let mut reader = Reader::new(text);
    reader.run();
    reader.out
}

struct Reader<'a> {
    text: &'a str,
    lexer: Lexer<'a>,
    out: Netrc,
    /// The line that `counted` stands on.
    line: usize,
    counted: usize,
    machines: HashSet<String>,
    default_seen: bool,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        let start = bom_length(text);
        let mut out = Netrc::default();
        if start > 0 {
            out.differences.push((1, Difference::ByteOrderMark));
        }
        Self {
            text,
            lexer: Lexer::new(text, start),
            out,
            line: 1,
            counted: start,
            machines: HashSet::new(),
            default_seen: false,
        }
    }

    fn run(&mut self) {
        let mut entry: Option<NetrcEntry> = None;
        loop {
            let place = if entry.is_some() { Place::Entry } else { Place::Top };
            let Some(token) = self.lexer.next(place) else { break };
            let line = self.line_of(token.range.start);
            self.note(line, token.difference);
            if token.kind == Kind::Comment {
                continue;
            }
            let top = ["machine", "default", "macdef"].as_slice();
            let inner = ["login", "user", "account", "password"].as_slice();
            let known =
                |words: &[&'static str]| words.iter().copied().find(|word| token.text.eq_ignore_ascii_case(word));
            let word = known(top).or_else(|| entry.as_ref().and_then(|_| known(inner)));
            if word.is_some_and(|word| word != &*token.text) {
                self.note(line, Some(Difference::KeywordCase));
            }
            match word {
                Some(word @ ("machine" | "default" | "macdef")) => {
                    self.finish(entry.take());
                    self.out.heads.push(token.range.start);
                    entry = self.start(word, &token, line);
                }
                None => {
                    self.note(line, Some(Difference::UnknownWord));
                    self.check_end(&token);
                }
                Some(word) => {
                    if let Some(entry) = &mut entry {
                        entry.tokens.push((token.range, Role::Other));
                        self.field(entry, word, line);
                    }
                }
            }
        }
        self.finish(entry);
        for line in lines(self.text).filter(|line| line.text.len() > CURL_LINE_LIMIT) {
            self.note(line.number, Some(Difference::LongLine));
        }
    }

    /// The beginning of an entry, or a whole macro, which is none.
    fn start(&mut self, keyword: &str, token: &Token<'_>, line: usize) -> Option<NetrcEntry> {
        let mut entry = NetrcEntry { line, tokens: Vec::with_capacity(6), ..NetrcEntry::default() };
        entry.tokens.push((token.range.clone(), Role::Other));
        if keyword == "default" {
            self.default_seen = true;
            return Some(entry);
        }
        let name = self.value(line)?;
        if keyword == "macdef" {
            if self.text[name.range.end..].starts_with([' ', '\t', '\r']) {
                self.note(line, Some(Difference::EmptyWord));
            }
            if !self.lexer.skip_macro() {
                self.note(line, Some(Difference::OpenMacro));
                self.out.open_end = true;
            }
            return None;
        }
        if name.text.contains(':') {
            self.note(line, Some(Difference::Port));
        }
        if self.default_seen {
            self.note(line, Some(Difference::DefaultFirst));
        }
        if !self.machines.insert(name.text.to_ascii_lowercase()) {
            self.note(line, Some(Difference::Duplicate));
        }
        entry.tokens.push((name.range, Role::Machine));
        entry.machine = Some(name.text.to_string());
        Some(entry)
    }

    fn field(&mut self, entry: &mut NetrcEntry, keyword: &str, line: usize) {
        if keyword == "user" {
            self.note(line, Some(Difference::UserKeyword));
        }
        let Some(value) = self.value(line) else { return };
        let (role, repeated) = match keyword {
            "password" => (Role::Password, entry.password.replace(Secret::new(&*value.text)).is_some()),
            "account" => (Role::Other, entry.account.replace(value.text.to_string()).is_some()),
            _ => (Role::Login, entry.login.replace(value.text.to_string()).is_some()),
        };
        entry.tokens.push((value.range, role));
        if repeated {
            self.note(line, Some(Difference::RepeatedField));
        }
    }

    /// The value behind a keyword.
    fn value(&mut self, keyword_line: usize) -> Option<Token<'a>> {
        let before = self.lexer.place();
        let Some(token) = self.lexer.next(Place::Value) else {
            self.note(keyword_line, Some(Difference::MissingValue));
            self.out.open_end = true;
            return None;
        };
        let line = self.line_of(token.range.start);
        self.note(line, token.difference);
        let gap = &self.text[before..token.range.start];
        if gap.rfind(['\n', '\r']).is_some_and(|last| gap[..=last] != *"\n") {
            self.note(keyword_line, Some(Difference::EmptyWord));
        }
        self.check_end(&token);
        let keywords = ["machine", "default", "macdef", "login", "password", "account", "user"];
        if token.kind == Kind::Word && keywords.iter().any(|word| token.text.eq_ignore_ascii_case(word)) {
            self.note(line, Some(Difference::KeywordValue));
        }
        Some(token)
    }

    fn check_end(&mut self, token: &Token<'_>) {
        self.out.open_end |= token.difference == Some(Difference::OpenQuote) && token.range.end == self.text.len();
    }

    fn finish(&mut self, entry: Option<NetrcEntry>) {
        let Some(entry) = entry else { return };
        if entry.login.is_none() {
            self.note(entry.line, Some(Difference::MissingLogin));
        }
        if entry.password.is_none() {
            self.note(entry.line, Some(Difference::MissingPassword));
        }
        self.out.entries.push(entry);
    }

    fn note(&mut self, line: usize, difference: Option<Difference>) {
        let Some(difference) = difference else { return };
        // Said once for a line; lines come in order.
        let known = self.out.differences.iter().rev().take_while(|(at, _)| *at == line);
        if !known.into_iter().any(|(_, found)| *found == difference) {
            self.out.differences.push((line, difference));
        }
    }

    /// Counts on from the last place asked for, so that a whole file is counted once.
    fn line_of(&mut self, at: usize) -> usize {
        let passed = &self.text.as_bytes()[self.counted..at];
        for (i, b) in passed.iter().enumerate() {
            let pair = *b == b'\r' && self.text.as_bytes().get(self.counted + i + 1) == Some(&b'\n');
            self.line += usize::from(matches!(b, b'\n' | b'\r') && !pair);
        }
        self.counted = at;
        self.line
    }
}
