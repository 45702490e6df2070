//! Reading a netrc into entries.

use std::borrow::Cow;
use std::ops::Range;

use crate::formats::lines::bom_length;

use super::CURL_LINE_LIMIT;
use super::difference::Difference;
use super::keyword::Keyword;
use super::lexer::{Kind, Lexer, Place, Token, count_breaks};
use super::names::Names;
use super::text::Password;

/// A netrc as it was understood; its texts are parts of the file's where they can be.
#[derive(Clone, Debug, Default)]
pub struct Netrc<'a> {
    /// Its entries, in the file's order.
    pub entries: Vec<NetrcEntry<'a>>,
    /// What curl and Python would not read the same way, with the line of each.
    pub differences: Vec<(usize, Difference)>,
    /// Whether something added at the end would become part of a value or macro.
    pub(super) open_end: bool,
    /// Where `machine`, `default` and `macdef` stand as keywords.
    pub(super) heads: Vec<usize>,
}

/// One machine's credential.
#[derive(Clone, Debug, Default)]
pub struct NetrcEntry<'a> {
    /// The host; `None` for `default`.
    pub machine: Option<Cow<'a, str>>,
    /// The username.
    pub login: Option<Cow<'a, str>>,
    /// The password.
    pub password: Option<Password<'a>>,
    /// The account, which only FTP uses.
    pub account: Option<Cow<'a, str>>,
    /// The line it begins on, from 1.
    pub line: usize,
    /// Its tokens, comments left out, where they were asked for.
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

impl NetrcEntry<'_> {
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
pub fn parse_netrc(text: &str) -> Netrc<'_> {
    Reader::new(text, false).run()
}

/// The same, and where each entry's tokens stand.
pub(super) fn parse_with_tokens(text: &str) -> Netrc<'_> {
    Reader::new(text, true).run()
}

struct Reader<'a> {
    text: &'a str,
    lexer: Lexer<'a>,
    with_tokens: bool,
    out: Netrc<'a>,
    /// Whether the last entry goes on.
    in_entry: bool,
    default_seen: bool,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, with_tokens: bool) -> Self {
        let start = bom_length(text);
        let mut out = Netrc::default();
        if start > 0 {
            out.differences.push((1, Difference::ByteOrderMark));
        }
        Self { text, lexer: Lexer::new(text, start), with_tokens, out, in_entry: false, default_seen: false }
    }

    fn run(mut self) -> Netrc<'a> {
        loop {
            let place = if self.in_entry { Place::Entry } else { Place::Top };
            let Some(token) = self.lexer.next(place) else { break };
            self.note(token.line, token.difference);
            if token.kind == Kind::Comment {
                continue;
            }
            match Keyword::of(&token.text(self.text)).filter(|keyword| keyword.is_head() || self.in_entry) {
                Some(keyword) => self.keyword(keyword, &token),
                None => {
                    self.note(token.line, Some(Difference::UnknownWord));
                    self.check_end(&token);
                }
            }
        }
        self.finish();
        self.note_duplicates();
        self.note_long_lines();
        self.out
    }

    fn keyword(&mut self, keyword: Keyword, word: &Token) {
        if *word.text(self.text) != *keyword.as_str() {
            self.note(word.line, Some(Difference::KeywordCase));
        }
        if keyword.is_head() {
            self.finish();
            self.out.heads.push(word.start);
        }
        match keyword {
            Keyword::Machine => self.machine(word),
            Keyword::Default => {
                self.default_seen = true;
                self.begin(word, None);
            }
            Keyword::Macdef => self.skip_macro(word.line),
            Keyword::Login | Keyword::User | Keyword::Account | Keyword::Password => self.field(keyword, word),
        }
    }

    fn machine(&mut self, word: &Token) {
        let Some(name) = self.value(word.line) else { return };
        let machine = name.text(self.text);
        if machine.bytes().any(|b| b == b':') {
            self.note(word.line, Some(Difference::Port));
        }
        if self.default_seen {
            self.note(word.line, Some(Difference::DefaultFirst));
        }
        self.begin(word, Some(machine.into()));
        self.keep(name.range(), Role::Machine);
    }

    fn begin(&mut self, word: &Token, machine: Option<Cow<'a, str>>) {
        self.out.entries.push(NetrcEntry { machine, line: word.line, ..NetrcEntry::default() });
        self.in_entry = true;
        self.keep(word.range(), Role::Other);
    }

    fn field(&mut self, keyword: Keyword, word: &Token) {
        self.keep(word.range(), Role::Other);
        if keyword == Keyword::User {
            self.note(word.line, Some(Difference::UserKeyword));
        }
        let Some(value) = self.value(word.line) else { return };
        let Some(entry) = self.out.entries.last_mut() else { return };
        let text = value.text(self.text);
        let (role, repeated) = match keyword {
            Keyword::Password => (Role::Password, entry.password.replace(Password(text)).is_some()),
            Keyword::Account => (Role::Other, entry.account.replace(text.into()).is_some()),
            _ => (Role::Login, entry.login.replace(text.into()).is_some()),
        };
        self.keep(value.range(), role);
        if repeated {
            self.note(word.line, Some(Difference::RepeatedField));
        }
    }

    fn skip_macro(&mut self, line: usize) {
        let Some(name) = self.value(line) else { return };
        if self.text[name.end..].starts_with([' ', '\t', '\r']) {
            self.note(line, Some(Difference::EmptyWord));
        }
        if !self.lexer.skip_macro() {
            self.note(line, Some(Difference::OpenMacro));
            self.out.open_end = true;
        }
    }

    /// The value behind a keyword.
    fn value(&mut self, keyword_line: usize) -> Option<Token> {
        let before = self.lexer.place();
        let Some(token) = self.lexer.next(Place::Value) else {
            self.note(keyword_line, Some(Difference::MissingValue));
            self.out.open_end = true;
            return None;
        };
        self.note(token.line, token.difference);
        let gap = &self.text.as_bytes()[before..token.start];
        let last_break = gap.iter().rposition(|b| matches!(b, b'\n' | b'\r'));
        if last_break.is_some_and(|last| gap[..=last] != *b"\n") {
            self.note(keyword_line, Some(Difference::EmptyWord));
        }
        self.check_end(&token);
        if token.kind == Kind::Word && Keyword::of(&token.text(self.text)).is_some() {
            self.note(token.line, Some(Difference::KeywordValue));
        }
        Some(token)
    }

    /// Remembers a token of the last entry.
    fn keep(&mut self, range: Range<usize>, role: Role) {
        if let (true, Some(entry)) = (self.with_tokens, self.out.entries.last_mut()) {
            entry.tokens.push((range, role));
        }
    }

    fn check_end(&mut self, token: &Token) {
        self.out.open_end |= token.difference == Some(Difference::OpenQuote) && token.end == self.text.len();
    }

    /// The end of the last entry, if it went on.
    fn finish(&mut self) {
        if !std::mem::take(&mut self.in_entry) {
            return;
        }
        let Some(entry) = self.out.entries.last() else { return };
        let (line, has_login, has_password) = (entry.line, entry.login.is_some(), entry.password.is_some());
        if !has_login {
            self.note(line, Some(Difference::MissingLogin));
        }
        if !has_password {
            self.note(line, Some(Difference::MissingPassword));
        }
    }

    fn note(&mut self, line: usize, difference: Option<Difference>) {
        let Some(difference) = difference else { return };
        // Said once for a line; lines come in order.
        let known = self.out.differences.iter().rev().take_while(|(at, _)| *at == line);
        if !known.into_iter().any(|(_, found)| *found == difference) {
            self.out.differences.push((line, difference));
        }
    }

    fn note_duplicates(&mut self) {
        let entries = std::mem::take(&mut self.out.entries);
        let mut names = Names::with_capacity(entries.len());
        for entry in &entries {
            if entry.machine.as_deref().is_some_and(|name| !names.insert(name)) {
                self.note(entry.line, Some(Difference::Duplicate));
            }
        }
        self.out.entries = entries;
    }

    /// A line that is too long has no line break among as many bytes: most bytes need no look.
    fn note_long_lines(&mut self) {
        let bytes = self.text.as_bytes();
        let is_break = |b: &u8| matches!(b, b'\n' | b'\r');
        let mut start = bom_length(self.text);
        let (mut line, mut counted) = (1, start);
        while let Some(reach) = bytes.get(start..=start + CURL_LINE_LIMIT) {
            start += 1 + match reach.iter().rposition(is_break) {
                Some(last) => last,
                None => {
                    line += count_breaks(&self.text[counted..start]);
                    counted = start;
                    self.note(line, Some(Difference::LongLine));
                    let rest = &bytes[start..];
                    rest.iter().position(is_break).unwrap_or(rest.len())
                }
            };
        }
    }
}
