//! Names and descriptions, by the platform's own patterns in Go's RE2 dialect.

use std::fmt;

use serde::Serialize;

use crate::error::{Error, ErrorCode, Result};

/// Characters a description may have at most.
pub const DESCRIPTION_LIMIT: usize = 512;

/// The name of an identity or group: `^[a-z0-9 ._-]{1,}$`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Name(String);

impl Default for Name {
    /// `pull-token`: what the vendor's client, too, calls a token that nobody named.
    fn default() -> Self {
        Self("pull-token".to_owned())
    }
}

impl Name {
    /// Reads a name.
    ///
    /// # Errors
    /// `invalid_name` with the first bad character and its position in characters, from 1.
    pub fn parse(text: &str) -> Result<Self> {
        if text.is_empty() {
            return Err(Error::new(ErrorCode::InvalidName, "the name is empty"));
        }
        let allowed = |c| matches!(c, 'a'..='z' | '0'..='9' | ' ' | '.' | '_' | '-');
        match first_bad(text, allowed) {
            None => Ok(Self(text.to_owned())),
            Some((position, c)) => Err(Error::new(
                ErrorCode::InvalidName,
                format!("the name has {} at position {position}, which is not allowed", describe(c)),
            )),
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The description of an identity or group: `^[\S ]{0,512}$`.
///
/// RE2's `\S` leaves out the ASCII space, tab, line feed, form feed and carriage return alone: a
/// vertical tab, a no-break space and U+2028 are allowed, other than in Rust's or JavaScript's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Description(String);

impl Description {
    /// Reads a description; the empty one is fine.
    ///
    /// # Errors
    /// `invalid_description` with the first bad character and its position, or the length.
    pub fn parse(text: &str) -> Result<Self> {
        let invalid = |message: String| Err(Error::new(ErrorCode::InvalidDescription, message));
        if let Some((position, c)) = first_bad(text, |c| !matches!(c, '\t' | '\n' | '\x0c' | '\r')) {
            return invalid(format!(
                "the description has {} at position {position}, which is not allowed",
                describe(c)
            ));
        }
        let length = text.chars().count();
        if length > DESCRIPTION_LIMIT {
            return invalid(format!(
                "the description has {length} characters, {DESCRIPTION_LIMIT} are allowed: the first too many is at position {}",
                DESCRIPTION_LIMIT + 1
            ));
        }
        Ok(Self(text.to_owned()))
    }

    /// The description as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn first_bad(text: &str, allowed: impl Fn(char) -> bool) -> Option<(usize, char)> {
    text.chars().enumerate().find(|(_, c)| !allowed(*c)).map(|(index, c)| (index + 1, c))
}

fn describe(c: char) -> String {
    match c {
        '\t' => "a tab".into(),
        '\n' => "a line feed".into(),
        '\r' => "a carriage return".into(),
        '\x0c' => "a form feed".into(),
        c if c.is_ascii_uppercase() => format!("the capital letter `{c}`"),
        c if c.is_ascii_graphic() => format!("`{c}`"),
        c => format!("the character U+{:04X}", u32::from(c)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_what_is_wrong_where() {
        assert_eq!(Name::parse("ci token_1.x-y").unwrap().as_str(), "ci token_1.x-y");
        for (text, part) in [
            ("", "empty"),
            ("abC", "`C` at position 3"),
            ("é", "U+00E9 at position 1"),
            ("a\n", "line feed at position 2"),
        ] {
            let error = Name::parse(text).unwrap_err();
            assert_eq!(error.code(), ErrorCode::InvalidName);
            assert!(error.message().contains(part), "{text:?}: {error}");
        }
    }

    #[test]
    fn a_description_follows_re2() {
        for good in ["", " ", "\u{b}", "\u{a0}\u{2028}\u{3000}", "\0", &"é".repeat(512)] {
            assert!(Description::parse(good).is_ok(), "{good:?}");
        }
        for (bad, part) in [
            ("a\tb", "a tab at position 2"),
            ("\r\n", "carriage return at position 1"),
            (&"🚀".repeat(513), "513 characters"),
        ] {
            let error = Description::parse(bad).unwrap_err();
            assert!(error.message().contains(part), "{bad:?}: {error}");
        }
    }
}
