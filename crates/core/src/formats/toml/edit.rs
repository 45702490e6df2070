//! Finding tables in a TOML text, and changing them where they stand.

use std::ops::Range;

use toml_edit::{Document, InlineTable, Item, Key, Table, Value};
use zeroize::Zeroizing;

use super::Field;
use crate::error::{Error, ErrorCode, Result};
use crate::formats::Format;
use crate::formats::lines::{Patch, bom_length, line_number, lines_of};
use crate::secret::Secret;

/// A TOML text that has been read.
pub(in crate::formats) struct File<'a> {
    text: &'a str,
    format: Format,
    document: Document<&'a str>,
    /// Where the parser began to count: behind a byte order mark.
    offset: usize,
}

/// A table of either notation. toml_edit's `dyn TableLike` would bring its editing and its printing along: 15 KB of
/// the WebAssembly module.
#[derive(Clone, Copy)]
enum AnyTable<'a> {
    Block(&'a Table),
    Inline(&'a InlineTable),
}

impl<'a> AnyTable<'a> {
    /// The table behind a key.
    fn child(self, key: &str) -> Option<Self> {
        match self {
            Self::Block(table) => match table.get(key)? {
                Item::Table(found) => Some(Self::Block(found)),
                item => item.as_inline_table().map(Self::Inline),
            },
            Self::Inline(table) => table.get(key)?.as_inline_table().map(Self::Inline),
        }
    }

    fn span(self) -> Option<Range<usize>> {
        match self {
            Self::Block(table) => table.span(),
            Self::Inline(table) => table.span(),
        }
    }
}

/// What stands at a path.
pub(in crate::formats) enum Spot {
    Nothing,
    /// A table with a header.
    Table(Entry),
    /// A string or inline table behind a key.
    Value {
        key: Range<usize>,
        value: Range<usize>,
        entry: Entry,
    },
}

/// A table's strings.
#[derive(Default)]
pub(in crate::formats) struct Entry {
    /// Where it begins: its header, or the value of its own.
    pub(in crate::formats) at: Range<usize>,
    pub(in crate::formats) fields: Vec<Found>,
}

/// A key in a table.
pub(in crate::formats) struct Found {
    name: String,
    key: Range<usize>,
    value: Range<usize>,
    /// The value, where it is a string.
    text: Option<Secret>,
}

impl Entry {
    /// A string's value.
    pub(in crate::formats) fn get(&self, key: &str) -> Option<&Secret> {
        self.fields.iter().find(|found| found.name == key).and_then(|found| found.text.as_ref())
    }

    /// Whether it has no keys but these.
    pub(in crate::formats) fn has_only(&self, keys: &[&str]) -> bool {
        self.fields.iter().all(|found| keys.contains(&found.name.as_str()))
    }
}

impl<'a> File<'a> {
    /// Reads a text.
    pub(in crate::formats) fn read(text: &'a str, format: Format) -> Result<Self> {
        let offset = bom_length(text);
        let document = Document::parse(&text[offset..]).map_err(|error| {
            // The parser's own message shows the line, which may hold a secret.
            let line = error.span().map_or(1, |span| line_number(text, offset + span.start));
            Error::new(ErrorCode::InvalidSyntax, format!("line {line} is no valid TOML"))
        })?;
        Ok(Self { text, format, document, offset })
    }

    /// The line that a place is on.
    pub(in crate::formats) fn line(&self, range: &Range<usize>) -> usize {
        line_number(self.text, range.start)
    }

    /// What stands at a path such as `install`, `registry`.
    pub(in crate::formats) fn find(&self, path: &[&str]) -> Result<Spot> {
        let mut table = self.document.as_table();
        for (depth, key) in path.iter().enumerate() {
            let last = depth + 1 == path.len();
            match table.get(key) {
                None | Some(Item::None) => return Ok(Spot::Nothing),
                Some(Item::Table(found)) if last && found.is_dotted() => return Err(self.unusual(path)),
                Some(Item::Table(found)) if last && found.is_implicit() => return Ok(Spot::Nothing),
                Some(Item::Table(found)) if last => {
                    return Ok(Spot::Table(self.entry(AnyTable::Block(found), found.span())));
                }
                Some(Item::Table(found)) => table = found,
                Some(Item::Value(value)) if last && !value.is_array() => {
                    let place = self.range(table.key(key).and_then(toml_edit::Key::span));
                    let range = self.range(value.span());
                    let entry = match (value.as_inline_table(), value.as_str()) {
                        (Some(inline), _) => self.entry(AnyTable::Inline(inline), value.span()),
                        (None, Some(text)) => Entry {
                            at: range.clone(),
                            fields: vec![Found {
                                name: "url".to_owned(),
                                key: range.clone(),
                                value: range.clone(),
                                text: Some(Secret::new(text)),
                            }],
                        },
                        _ => return Err(self.unusual(path)),
                    };
                    return Ok(Spot::Value { key: place, value: range, entry });
                }
                Some(_) => return Err(self.unusual(path)),
            }
        }
        Ok(Spot::Nothing)
    }

    /// The tables of an array such as `[[index]]`.
    pub(in crate::formats) fn find_all(&self, path: &[&str]) -> Result<Vec<Entry>> {
        let mut table = self.document.as_table();
        for (depth, key) in path.iter().enumerate() {
            match table.get(key) {
                None | Some(Item::None) => return Ok(Vec::new()),
                Some(Item::ArrayOfTables(found)) if depth + 1 == path.len() => {
                    return Ok(found.iter().map(|table| self.entry(AnyTable::Block(table), table.span())).collect());
                }
                Some(Item::Table(found)) if depth + 1 < path.len() => table = found,
                Some(_) => return Err(self.unusual(path)),
            }
        }
        Ok(Vec::new())
    }

    /// The tables and inline tables right below a path.
    pub(in crate::formats) fn children(&self, path: &[&str]) -> Vec<(String, Entry)> {
        let mut table = AnyTable::Block(self.document.as_table());
        for key in path {
            let Some(found) = table.child(key) else { return Vec::new() };
            table = found;
        }
        let entry = |name: &str| {
            let child = table.child(name)?;
            Some((name.to_owned(), self.entry(child, child.span())))
        };
        match table {
            AnyTable::Block(table) => table.iter().filter_map(|(name, _)| entry(name)).collect(),
            AnyTable::Inline(table) => table.iter().filter_map(|(name, _)| entry(name)).collect(),
        }
    }

    /// Whether a key stands at the top.
    pub(in crate::formats) fn has(&self, key: &str) -> bool {
        self.document.as_table().contains_key(key)
    }

    /// The text with these fields in a table that has a header, and others taken out.
    pub(in crate::formats) fn set(&self, entry: &Entry, fields: &[Field], stale: &[&str]) -> Secret {
        let mut patch = Patch::new(self.text);
        let mut missing = Vec::new();
        for field in fields {
            match entry.fields.iter().find(|found| found.name == field.key) {
                Some(found) => patch.replace(found.value.clone(), field.value.as_str()),
                None => missing.push(field.line()),
            }
        }
        for found in entry.fields.iter().filter(|found| stale.contains(&found.name.as_str())) {
            patch.delete_lines(lines_of(self.text, found.key.start..found.value.end));
        }
        if !missing.is_empty() {
            patch.insert_lines(lines_of(self.text, entry.at.clone()).end, &missing);
        }
        patch.apply()
    }

    /// The text with another value in place of one.
    pub(in crate::formats) fn replace(&self, range: Range<usize>, value: &str) -> Secret {
        let mut patch = Patch::new(self.text);
        patch.replace(range, value);
        patch.apply()
    }

    /// The text with tables at its end.
    pub(in crate::formats) fn append(&self, lines: &[Zeroizing<String>]) -> Secret {
        let mut patch = Patch::new(self.text);
        patch.insert_lines(self.text.len(), lines);
        patch.apply()
    }

    /// The text without tables: their headers and keys, but for comments between them.
    pub(in crate::formats) fn remove(&self, entries: &[&Entry]) -> Secret {
        let mut patch = Patch::new(self.text);
        for entry in entries {
            patch.delete_lines(lines_of(self.text, entry.at.clone()));
            for found in &entry.fields {
                patch.delete_lines(lines_of(self.text, found.key.start..found.value.end));
            }
        }
        patch.apply()
    }

    /// The text without some fields of a table.
    pub(in crate::formats) fn remove_fields(&self, entry: &Entry, keys: &[&str]) -> Secret {
        let mut patch = Patch::new(self.text);
        for found in entry.fields.iter().filter(|found| keys.contains(&found.name.as_str())) {
            patch.delete_lines(lines_of(self.text, found.key.start..found.value.end));
        }
        patch.apply()
    }

    /// The text without a key and its value.
    pub(in crate::formats) fn remove_value(&self, key: &Range<usize>, value: &Range<usize>) -> Secret {
        let mut patch = Patch::new(self.text);
        patch.delete_lines(lines_of(self.text, key.start..value.end));
        patch.apply()
    }

    fn entry(&self, table: AnyTable<'_>, at: Option<Range<usize>>) -> Entry {
        let found = |key: Option<&Key>, name: &str, value: Option<&Value>, span: Option<Range<usize>>| Found {
            name: name.to_owned(),
            key: self.range(key.and_then(Key::span)),
            value: self.range(span),
            text: value.and_then(Value::as_str).map(Secret::new),
        };
        let fields = match table {
            AnyTable::Block(table) => {
                table.iter().map(|(name, item)| found(table.key(name), name, item.as_value(), item.span())).collect()
            }
            AnyTable::Inline(table) => {
                table.iter().map(|(name, value)| found(table.key(name), name, Some(value), value.span())).collect()
            }
        };
        Entry { at: self.range(at), fields }
    }

    fn range(&self, span: Option<Range<usize>>) -> Range<usize> {
        // Whatever was parsed from a text has a place in it.
        let span = span.unwrap_or_default();
        self.offset + span.start..self.offset + span.end
    }

    fn unusual(&self, path: &[&str]) -> Error {
        let path = path.join(".");
        Error::new(
            ErrorCode::FailedPrecondition,
            format!("`{path}` is written in a way that {} is not changed in", self.format),
        )
        .with_hint(format!("write it as a table with a header, `[{path}]` or `[[{path}]]`"))
    }
}
