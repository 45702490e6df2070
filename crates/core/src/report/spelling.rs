//! Slips in writing: quotes, line breaks, a variable that nobody filled in, the pair swapped.
//!
//! What stands beneath the slip is read on, so that one look finds all that is wrong. No message
//! here shows any of the text: what is in the username's place may be the password.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use zeroize::Zeroizing;

use super::problem::{Problem, ProblemCode};
use super::username::Username;
use crate::credentials::Credentials;
use crate::secret::Secret;

/// The pair beneath the slips. A text is `None` where there is nothing to read on in.
pub(super) struct Pair<'a> {
    username: Option<Clean<'a>>,
    password: Option<Clean<'a>>,
}

/// A text as it came, or without what does not belong to it.
enum Clean<'a> {
    AsItIs(&'a str),
    Cleaned(Secret),
}

impl Clean<'_> {
    fn text(&self) -> &str {
        match self {
            Self::AsItIs(text) => text,
            // Stays within the report, which shows none of it.
            Self::Cleaned(secret) => secret.expose(),
        }
    }
}

impl<'a> Pair<'a> {
    pub(super) fn read(credentials: &'a Credentials, problems: &mut Vec<Problem>) -> Self {
        // Read here and shown nowhere.
        let password = credentials.password.expose();
        let mut pair = Self {
            username: clean(&credentials.username, "username", ProblemCode::UsernameMissing, problems),
            password: clean(password, "password", ProblemCode::PasswordMissing, problems),
        };
        if pair.is_swapped() {
            problems.push(Problem::new(ProblemCode::Swapped, "the username is a token and the password is none"));
            std::mem::swap(&mut pair.username, &mut pair.password);
        }
        if pair.password().is_some_and(holds_a_pair) {
            problems.push(Problem::new(ProblemCode::PairInPassword, "the password holds a username as well"));
            pair.password = None;
        }
        pair
    }

    pub(super) fn username(&self) -> Option<&str> {
        self.username.as_ref().map(Clean::text)
    }

    pub(super) fn password(&self) -> Option<&str> {
        self.password.as_ref().map(Clean::text)
    }

    fn is_swapped(&self) -> bool {
        let (Some(username), Some(password)) = (self.username(), self.password()) else { return false };
        is_like_a_token(username) && !is_like_a_token(password)
    }
}

fn is_like_a_token(text: &str) -> bool {
    // A JSON object in base64 begins so: `{"`.
    text.starts_with("ey") && text.bytes().filter(|b| *b == b'.').count() == 2
}

/// Whether it is `username:password`, plain or as base64.
fn holds_a_pair(text: &str) -> bool {
    let is_pair = |text: &str| {
        text.split_once(':').is_some_and(|(first, rest)| {
            !rest.is_empty() && !matches!(Username::read(Some(first)), Username::Missing | Username::Other)
        })
    };
    if is_pair(text) {
        return true;
    }
    // A token has dots, which base64 has not; so the usual case costs nothing.
    if text.contains('.') {
        return false;
    }
    let decoded = STANDARD.decode(text).or_else(|_| STANDARD_NO_PAD.decode(text)).map(Zeroizing::new);
    decoded.is_ok_and(|bytes| std::str::from_utf8(&bytes).is_ok_and(is_pair))
}

/// Letters, digits and the few signs that identifiers and tokens are made of.
const ORDINARY: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        table[byte] = b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'/');
        byte += 1;
    }
    table
};

fn clean<'a>(text: &'a str, field: &str, missing: ProblemCode, problems: &mut Vec<Problem>) -> Option<Clean<'a>> {
    // The usual case. By a table, since a token is long and most are in order.
    if !text.is_empty() && text.bytes().all(|b| ORDINARY[usize::from(b)]) {
        return Some(Clean::AsItIs(text));
    }
    let mut found = |code, what: &str| problems.push(Problem::new(code, format!("the {field} {what}")));
    let mut rest = text;
    if let Some(value) = after_assignment(rest) {
        found(ProblemCode::AssignmentLeftIn, "begins with an assignment");
        rest = value;
    }
    if let Some(value) = within_quotes(rest) {
        found(ProblemCode::Quoted, "has a quote at its beginning or end");
        rest = value;
    }
    if let Some(value) = after_scheme(rest) {
        found(ProblemCode::SchemeLeftIn, "begins with the name of an HTTP scheme");
        rest = value;
    }
    if is_variable(rest) {
        found(ProblemCode::UnexpandedVariable, "is or holds a variable that was not filled in");
        return None;
    }
    if rest.trim().is_empty() {
        found(missing, "is empty");
        return None;
    }
    if !rest.contains(is_blank) {
        return Some(Clean::AsItIs(rest));
    }
    if rest.contains(['\r', '\n', '\u{85}', '\u{2028}', '\u{2029}']) {
        found(ProblemCode::LineBreak, "has a line break in it");
    } else {
        found(ProblemCode::WhiteSpace, "has white space or an invisible character in it");
    }
    Some(Clean::Cleaned(Secret::new(rest.chars().filter(|c| !is_blank(*c)).collect::<String>())))
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}' | '\u{AD}')
}

/// What follows `export NAME=`, `set NAME=`, `$env:NAME = ` or a bare `NAME=`.
fn after_assignment(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let keyword = ["export ", "set ", "setx ", "$env:", "$Env:"].iter().find_map(|word| text.strip_prefix(word));
    let (name, value) = match keyword {
        // `export` in front of the bare value is a slip as well.
        Some(rest) => rest.split_once('=').unwrap_or(("", rest)),
        None => text.split_once('=')?,
    };
    let is_named = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
    // Without the keyword only names such as CHAINGUARD_TOKEN count: base64 may end in `=`.
    (keyword.is_some() || (name.contains('_') && name.trim_end().bytes().all(is_named))).then(|| value.trim_start())
}

fn after_scheme(text: &str) -> Option<&str> {
    let (word, rest) = text.trim_start().split_once(' ')?;
    (word.eq_ignore_ascii_case("bearer") || word.eq_ignore_ascii_case("basic")).then(|| rest.trim_start())
}

fn within_quotes(text: &str) -> Option<&str> {
    let trimmed = text.trim();
    let inner = trimmed.trim_matches(['"', '\'', '`', '“', '”', '„', '‘', '’', '«', '»']);
    (inner.len() < trimmed.len()).then_some(inner)
}

/// Whether a `$VAR`, `${VAR}`, `$(command)`, `{{ template }}` or `%VAR%` is in it.
fn is_variable(text: &str) -> bool {
    let dollar = text
        .split('$')
        .skip(1)
        .any(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '{' | '(')));
    let percent = text
        .trim()
        .strip_prefix('%')
        .and_then(|rest| rest.strip_suffix('%'))
        .is_some_and(|name| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'));
    dollar || percent || text.contains("{{")
}
