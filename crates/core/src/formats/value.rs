//! What a format can hold, and what it must refuse.

use crate::credentials::Credentials;
use crate::error::{Error, ErrorCode, Result};
use crate::formats::Format;

/// A part of a credential, named in messages in place of its text.
#[derive(Clone, Copy)]
pub(super) enum Part {
    /// The username.
    Username,
    /// The password.
    Password,
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Self::Username => "username",
            Self::Password => "password",
        }
    }
}

/// The refusal of a value, with the reason.
pub(super) fn refuse(format: Format, part: Part, why: &str) -> Error {
    Error::new(ErrorCode::ValueNotRepresentable, format!("the {} {why}, which {format} cannot hold", part.name()))
}

/// Refuses what would end a line early, and so change the meaning of the file, or end a C string.
pub(super) fn check_lines(format: Format, c: &Credentials) -> Result<()> {
    for (part, value) in parts(c) {
        if value.contains(['\r', '\n']) {
            return Err(refuse(format, part, "holds a line break"));
        }
        if value.contains('\0') {
            return Err(refuse(format, part, "holds a NUL character"));
        }
    }
    Ok(())
}

/// Refuses an empty value, which the readers of a format take for a missing one.
pub(super) fn check_present(format: Format, c: &Credentials) -> Result<()> {
    for (part, value) in parts(c) {
        if value.is_empty() {
            return Err(refuse(format, part, "is empty"));
        }
    }
    Ok(())
}

/// Refuses a username with a colon: Basic authentication ends the username there.
pub(super) fn check_basic(format: Format, c: &Credentials) -> Result<()> {
    if c.username.contains(':') {
        return Err(refuse(format, Part::Username, "holds a colon"));
    }
    Ok(())
}

/// Both parts of a credential. Exposed to be looked at, and written where the caller says.
pub(super) fn parts(c: &Credentials) -> [(Part, &str); 2] {
    [(Part::Username, c.username.as_str()), (Part::Password, c.password.expose())]
}

/// Base64 of `username:password` taken apart again; `None` for anything else.
pub(super) fn decode_basic(text: &str) -> Option<Credentials> {
    use base64::Engine as _;
    let bytes = zeroize::Zeroizing::new(base64::engine::general_purpose::STANDARD.decode(text).ok()?);
    let (username, password) = std::str::from_utf8(&bytes).ok()?.split_once(':')?;
    Some(Credentials::new(username, crate::secret::Secret::new(password)))
}

/// The names in `${NAME}` placeholders, in order, modifiers such as `:-` and `?` left off.
pub(super) fn placeholders(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        rest = &rest[at + 2..];
        let Some(end) = rest.find('}') else { break };
        let name = &rest[..end];
        let name = &name[..name.find([':', '?', '-']).unwrap_or(name.len())];
        let name = name.strip_prefix("env.").unwrap_or(name);
        if !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            names.push(name.to_owned());
        }
        rest = &rest[end..];
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    #[test]
    fn refusals_name_the_part_and_never_show_it() {
        let error = check_lines(Format::Netrc, &Credentials::new("u", Secret::new("hunter2\n"))).unwrap_err();
        assert_eq!(error.code(), ErrorCode::ValueNotRepresentable);
        assert_eq!(error.message(), "the password holds a line break, which netrc cannot hold");
        assert!(check_lines(Format::Netrc, &Credentials::new("u\0", Secret::new("p"))).is_err());
        assert!(check_basic(Format::Npmrc, &Credentials::new("u:v", Secret::new("p"))).is_err());
    }

    #[test]
    fn placeholders_are_found_with_and_without_modifiers() {
        assert_eq!(placeholders("${A}:${B:-}${C?}${env.D}${}${a b}${E"), ["A", "B", "C", "D"]);
    }

    #[test]
    fn basic_goes_both_ways() {
        let pair = decode_basic(Credentials::new("a/b", Secret::new("c:d")).basic().expose()).unwrap();
        assert_eq!((pair.username.as_str(), pair.password.expose()), ("a/b", "c:d"));
        assert!(decode_basic("YQ==").is_none() && decode_basic("?").is_none());
    }
}
