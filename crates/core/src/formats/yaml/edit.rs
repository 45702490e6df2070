//! Changing the entries of one mapping of mappings.

use std::ops::Range;

use zeroize::Zeroizing;

use super::tree::{Kind, Node, read};
use super::{Entry, key};
use crate::error::{Error, ErrorCode, Result};
use crate::formats::lines::{Patch, line_number, lines, lines_of};
use crate::secret::Secret;

/// An entry found in a file.
pub(in crate::formats) struct Found {
    /// The line of its key, from 1.
    pub(in crate::formats) line: usize,
    pub(in crate::formats) key: String,
    /// Its fields that are scalars.
    pub(in crate::formats) fields: Vec<(String, Secret)>,
}

impl Found {
    /// A field's text.
    pub(in crate::formats) fn get(&self, key: &str) -> Option<&Secret> {
        self.fields.iter().find(|(found, _)| found == key).map(|(_, value)| value)
    }
}

/// The entries of a container; without one, the file's own fields as a single entry.
pub(in crate::formats) fn entries(text: &str, container: Option<&str>) -> Result<Vec<Found>> {
    let Some(root) = read(text)? else { return Ok(Vec::new()) };
    let found = |key: &str, at: usize, node: &Node| Found {
        line: line_number(text, at),
        key: key.to_owned(),
        fields: node
            .pairs()
            .iter()
            .filter_map(|(key, value)| Some((key.scalar()?.expose().to_owned(), value.scalar()?.clone())))
            .collect(),
    };
    let Some(container) = container else { return Ok(vec![found("", root.range.start, &root)]) };
    let Some((_, value)) = find(&root, |key| key == container) else { return Ok(Vec::new()) };
    let pairs = value.pairs().iter();
    Ok(pairs.filter_map(|(key, value)| Some(found(key.scalar()?.expose(), key.range.start, value))).collect())
}

/// The text with an entry in a container: changed where it stands if `is_ours` knows its key.
pub(in crate::formats) fn set(
    text: &str,
    container: &str,
    entry: &Entry,
    is_ours: impl Fn(&str) -> bool,
    stale: &[&str],
) -> Result<Secret> {
    let mut patch = Patch::new(text);
    let root = read(text)?;
    if lines(text).any(|line| line.text.trim_end() == "...") {
        return Err(unusual(container, "after the mark `...`"));
    }
    match root.as_ref().map(|root| (root, find(root, |key| key == container))) {
        None => patch.insert_lines(text.len(), &super::block(container, std::slice::from_ref(entry))),
        Some((Node { kind: Kind::Mapping { flow: false, .. }, column, .. }, None)) => {
            let block = super::block(container, std::slice::from_ref(entry));
            let block: Vec<_> = block.iter().map(|line| Zeroizing::new(format!("{:column$}{}", "", **line))).collect();
            patch.insert_lines(text.len(), &block);
        }
        Some((_, Some((name, value)))) if value.is_empty() => {
            let kept = text[..value.range.start].trim_end_matches([' ', '\t']).len();
            patch.replace(kept..value.range.end, "");
            patch.insert_lines(after(text, name.range.start..value.range.end), &entry.lines(name.column + 2));
        }
        Some((_, Some((name, Node { kind: Kind::Mapping { flow: false, pairs }, column, .. })))) => {
            let mut ours = pairs.iter().filter(|(key, _)| key.scalar().is_some_and(|key| is_ours(key.expose())));
            match ours.next() {
                None => patch.insert_lines(after(text, name.range.clone()), &entry.lines(*column)),
                Some((key, value)) => set_fields(&mut patch, text, key, value, entry, stale)?,
            }
            for (key, value) in ours {
                delete(&mut patch, text, key, value);
            }
        }
        _ => return Err(unusual(container, "this way")),
    }
    let changed = patch.apply();
    // A tag, an anchor or an odd indentation may give the new lines another meaning.
    let says = |found: &Found| is_ours(&found.key) && entry.fields.iter().all(|(key, _)| found.get(key).is_some());
    match entries(changed.expose(), Some(container)) {
        Ok(found) if found.iter().any(says) => Ok(changed),
        _ => Err(unusual(container, "this way")),
    }
}

fn set_fields(
    patch: &mut Patch<'_>,
    text: &str,
    name: &Node,
    value: &Node,
    entry: &Entry,
    stale: &[&str],
) -> Result<()> {
    match &value.kind {
        Kind::Nothing => {
            patch.insert_lines(after(text, name.range.clone()), &entry.field_lines(name.column + 2).collect::<Vec<_>>())
        }
        Kind::Mapping { flow: true, .. } => {
            let fields: Vec<_> = entry.field_lines(0).collect();
            let fields: Vec<&str> = fields.iter().map(|field| field.as_str()).collect();
            patch.replace(value.range.clone(), format!("{{ {} }}", fields.join(", ")));
        }
        Kind::Mapping { pairs, .. } => {
            let mut missing = Vec::new();
            for ((name, text_of_value), line) in entry.fields.iter().zip(entry.field_lines(value.column)) {
                match pairs.iter().find(|(key, _)| key.scalar().is_some_and(|key| key.expose() == *name)) {
                    Some((_, Node { kind: Kind::Scalar(_), range, .. })) => {
                        patch.replace(range.clone(), text_of_value.as_str());
                    }
                    Some((_, Node { kind: Kind::Nothing, range, .. })) => {
                        let space = if text[..range.start].ends_with(' ') { "" } else { " " };
                        patch.replace(range.clone(), format!("{space}{}", **text_of_value));
                    }
                    Some(_) => return Err(unusual(name, "this way")),
                    None => missing.push(line),
                }
            }
            for (key, value) in
                pairs.iter().filter(|(key, _)| key.scalar().is_some_and(|key| stale.contains(&key.expose())))
            {
                delete(patch, text, key, value);
            }
            if !missing.is_empty() {
                patch.insert_lines(after(text, name.range.clone()), &missing);
            }
        }
        _ => return Err(unusual(&key(name.scalar().map_or("", Secret::expose)), "this way")),
    }
    Ok(())
}

/// The text without our entries, and without a container that is left with nothing in it.
pub(in crate::formats) fn remove(text: &str, container: &str, is_ours: impl Fn(&str) -> bool) -> Result<Secret> {
    let mut patch = Patch::new(text);
    if let Some(root) = read(text)?
        && let Kind::Mapping { flow: false, .. } = root.kind
        && let Some((name, value)) = find(&root, |key| key == container)
    {
        let mine = |key: &Node| key.scalar().is_some_and(|key| is_ours(key.expose()));
        match &value.kind {
            Kind::Mapping { flow: true, pairs } if pairs.iter().any(|(key, _)| mine(key)) => {
                return Err(unusual(container, "this way"));
            }
            Kind::Nothing => delete(&mut patch, text, name, value),
            Kind::Mapping { pairs, .. } if pairs.iter().all(|(key, _)| mine(key)) => {
                delete(&mut patch, text, name, value);
            }
            Kind::Mapping { pairs, .. } => {
                for (key, value) in pairs.iter().filter(|(key, _)| mine(key)) {
                    delete(&mut patch, text, key, value);
                }
            }
            _ => {}
        }
    }
    Ok(patch.apply())
}

fn find(map: &Node, wanted: impl Fn(&str) -> bool) -> Option<&(Node, Node)> {
    map.pairs().iter().find(|(key, _)| key.scalar().is_some_and(|key| wanted(key.expose())))
}

/// Takes out the lines of a key and its value, comments and blank lines between them left.
fn delete(patch: &mut Patch<'_>, text: &str, key: &Node, value: &Node) {
    let end = if matches!(value.kind, Kind::Nothing) { key.range.end } else { value.range.end };
    let whole = lines_of(text, key.range.start..end);
    for line in lines(text).filter(|line| line.start >= whole.start && line.start < whole.end) {
        let trimmed = line.text.trim();
        if !trimmed.is_empty() && !trimmed.starts_with('#') {
            patch.delete_line(&line);
        }
    }
}

fn after(text: &str, range: Range<usize>) -> usize {
    lines_of(text, range).end
}

fn unusual(what: &str, how: &str) -> Error {
    Error::new(ErrorCode::FailedPrecondition, format!("`{what}` cannot be changed where it is written {how}"))
        .with_hint("write it as a block: a key to a line, indented below its parent, in a single document")
}
