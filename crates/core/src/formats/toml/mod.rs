//! TOML: writing tables by hand, and, with the feature `editors`, changing them in a user's file.
//!
//! The parser is toml_edit's, for what a file means and where each part stands; the changes are
//! made in the text itself, so that line breaks, comments and layout stay byte for byte (toml_edit's
//! own writer turns CR LF into LF).

#[cfg(feature = "editors")]
mod edit;

use zeroize::Zeroizing;

#[cfg(feature = "editors")]
pub(super) use edit::{Entry, File, Spot};

/// A key and the text of its value.
pub(super) struct Field {
    pub(super) key: &'static str,
    pub(super) value: Zeroizing<String>,
}

impl Field {
    /// A key with a string for its value.
    pub(super) fn string(key: &'static str, value: &str) -> Self {
        Self { key, value: quote(value) }
    }

    pub(super) fn line(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{} = {}", self.key, *self.value))
    }
}

/// A table as whole lines, its header first.
pub(super) fn table(header: &str, fields: &[Field]) -> Vec<Zeroizing<String>> {
    std::iter::once(Zeroizing::new(header.to_owned())).chain(fields.iter().map(Field::line)).collect()
}

/// A basic string.
pub(super) fn quote(value: &str) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(2 * value.len() + 2));
    out.push('"');
    for c in value.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_basic() {
        assert_eq!(*quote("a\"b\\c\td ä"), r#""a\"b\\c\u0009d ä""#);
        let lines = table("[t]", &[Field::string("k", "v")]);
        assert_eq!(lines.iter().map(|line| line.as_str()).collect::<Vec<_>>(), ["[t]", "k = \"v\""]);
    }
}
