//! Credentials inside a URL, as Python's installers take them.
//!
//! The registry takes a username with `_` for every `/` there, since many clients stumble over an
//! encoded slash. So that reading gives back what was written, an underscore of the username's own
//! is percent-encoded, but for names such as `_token` that begin with one.

use std::ops::Range;

use zeroize::Zeroizing;

use crate::credentials::Credentials;
use crate::secret::Secret;

/// The URL with the credential in it.
pub(super) fn with_userinfo(url: &str, c: &Credentials) -> Zeroizing<String> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("https", url));
    // Both leave here as parts of the URL.
    let username = encode_username(&c.username);
    let password = encode(c.password.expose(), |b| b == b'_');
    Zeroizing::new(format!("{scheme}://{username}:{}@{rest}", *password))
}

/// A URL taken apart.
pub(super) struct Found {
    /// The URL without user and password.
    pub(super) bare: String,
    pub(super) username: Option<String>,
    pub(super) password: Option<Secret>,
}

/// Takes a URL apart; `None` where there is no scheme.
pub(super) fn split(url: &str) -> Option<Found> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    let Some(at) = authority.rfind('@') else {
        return Some(Found { bare: url.to_owned(), username: None, password: None });
    };
    let (username, password) = match authority[..at].split_once(':') {
        Some((username, password)) => (username, Some(Secret::new(decode(password).as_str()))),
        None => (&authority[..at], None),
    };
    let bare = format!("{scheme}://{}", &rest[at + 1..]);
    Some(Found { bare, username: Some(decode_username(username)), password })
}

/// Where the URLs stand in a text, split at white space, quotes and commas.
pub(super) fn urls(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | '=' | '[' | ']' | '<' | '>');
    text.match_indices("://").filter_map(move |(at, _)| {
        let start = text[..at]
            .rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '+'))
            .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
        let end = at + length(&text[at..], |c| ends(c) && c != '=');
        (start < at).then(|| (start..end, &text[start..end]))
    })
}

/// How far a URL goes from its `://` on. Brackets belong to it where they hold an IPv6 address.
fn length(text: &str, ends: impl Fn(char) -> bool) -> usize {
    let mut bracketed = false;
    text.char_indices()
        .find(|(at, c)| {
            let opens = *c == '[' && text[..*at].ends_with(['/', '@']) && !text[3..*at].contains('/');
            let closes = *c == ']' && bracketed;
            bracketed = opens || (bracketed && !closes);
            ends(*c) && !opens && !closes
        })
        .map_or(text.len(), |(at, _)| at)
}

fn encode_username(username: &str) -> String {
    let plain = username.contains('/') && !username.contains('_') && !username.starts_with('/');
    let encoded = if plain {
        encode(&username.replace('/', "_"), |b| b == b'_')
    } else {
        encode(username, |b| b == b'_' && username.starts_with('_'))
    };
    encoded.to_string()
}

fn decode_username(raw: &str) -> String {
    let text = if raw.starts_with('_') { raw.to_owned() } else { raw.replace('_', "/") };
    decode(&text).to_string()
}

/// Percent-encodes all but letters, digits, `-`, `.`, `~` and what the caller lets through.
fn encode(text: &str, also: impl Fn(u8) -> bool) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(3 * text.len()));
    for b in text.bytes() {
        if b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'~') || also(b) {
            out.push(char::from(b));
        } else {
            out.push('%');
            for digit in [b >> 4, b & 15] {
                out.extend(char::from_digit(digit.into(), 16).map(|c| c.to_ascii_uppercase()));
            }
        }
    }
    out
}

fn decode(text: &str) -> Zeroizing<String> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let raw = text.as_bytes();
    let mut at = 0;
    while at < raw.len() {
        let hex = raw.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        match hex.filter(|_| raw[at] == b'%').and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(b) => {
                bytes.push(b);
                at += 3;
            }
            None => {
                bytes.push(raw[at]);
                at += 1;
            }
        }
    }
    Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_becomes_an_underscore_and_comes_back() {
        for (username, password, url) in [
            ("0a/1b/2c", "x.y-z", "https://0a_1b_2c:x.y-z@h.test/p/"),
            ("_token", "a b", "https://_token:a%20b@h.test/p/"),
            ("a_b/c", "ä@:/", "https://a%5Fb%2Fc:%C3%A4%40%3A%2F@h.test/p/"),
            ("a_b", "%41", "https://a%5Fb:%2541@h.test/p/"),
        ] {
            let pair = Credentials::new(username, Secret::new(password));
            assert_eq!(*with_userinfo("https://h.test/p/", &pair), url);
            let found = split(url).unwrap();
            assert_eq!(found.bare, "https://h.test/p/");
            assert_eq!((found.username.as_deref(), found.password.unwrap().expose()), (Some(username), password));
        }
        assert!(split("h.test").is_none());
        assert_eq!(split("https://h.test/a@b").unwrap().username, None);
    }

    #[test]
    fn urls_are_found_in_running_text() {
        let found: Vec<_> =
            urls("a = https://h.test/x?y=z \"http://i.test\", nothing://").map(|(_, url)| url).collect();
        assert_eq!(found, ["https://h.test/x?y=z", "http://i.test", "nothing://"]);
        let found: Vec<_> =
            urls("[https://[::1]:8/x], https://u:p@[::1]/y]z https://h.test/[a]").map(|(_, url)| url).collect();
        assert_eq!(found, ["https://[::1]:8/x", "https://u:p@[::1]/y", "https://h.test/"]);
    }
}
