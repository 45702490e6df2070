//! YAML: writing small blocks by hand, and, with the feature `editors`, changing them in a user's
//! file.
//!
//! No library for Rust writes YAML back byte for byte: those that keep comments still set
//! indentation, quotes or line breaks anew. So saphyr-parser, which passes YAML's own test suite,
//! says what a file means and where each part stands, and the changes are made in the text itself.

#[cfg(feature = "editors")]
mod edit;
#[cfg(feature = "editors")]
mod tree;

use zeroize::Zeroizing;

#[cfg(feature = "editors")]
pub(super) use edit::{entries, remove, set};

/// A mapping below a key of a mapping at the top: `container: { key: { fields } }`.
pub(super) struct Entry {
    pub(super) key: String,
    /// Each field's key and the text of its value.
    pub(super) fields: Vec<(&'static str, Zeroizing<String>)>,
}

impl Entry {
    /// The entry as whole lines below its container.
    fn lines(&self, indent: usize) -> Vec<Zeroizing<String>> {
        let head = format!("{:indent$}{}:", "", *key(&self.key));
        std::iter::once(Zeroizing::new(head)).chain(self.field_lines(indent + 2)).collect()
    }

    fn field_lines(&self, indent: usize) -> impl Iterator<Item = Zeroizing<String>> {
        self.fields.iter().map(move |(key, value)| Zeroizing::new(format!("{:indent$}{key}: {}", "", **value)))
    }
}

/// A container and its entries as whole lines.
pub(super) fn block(container: &str, entries: &[Entry]) -> Vec<Zeroizing<String>> {
    std::iter::once(Zeroizing::new(format!("{container}:")))
        .chain(entries.iter().flat_map(|entry| entry.lines(2)))
        .collect()
}

/// A key, quoted unless it is a plain word.
fn key(text: &str) -> Zeroizing<String> {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
            .iter()
            .any(|word| text.eq_ignore_ascii_case(word));
    if plain { Zeroizing::new(text.to_owned()) } else { quote(text) }
}

/// A double-quoted scalar.
pub(super) fn quote(value: &str) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(2 * value.len() + 2));
    out.push('"');
    for c in value.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}') => {
                out.push_str(&format!("\\u{:04X}", u32::from(c)));
            }
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
    fn a_block_is_indented_by_two() {
        let entry = Entry { key: "//h".to_owned(), fields: vec![("a", quote("b\"\t"))] };
        let lines = block("c", &[entry]);
        let lines: Vec<_> = lines.iter().map(|line| line.as_str()).collect();
        assert_eq!(lines, ["c:", "  \"//h\":", r#"    a: "b\"\u0009""#]);
        assert_eq!((key("chain-1").as_str(), key("no").as_str()), ("chain-1", "\"no\""));
    }
}
