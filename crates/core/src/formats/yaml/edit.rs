//! Changing the entries of one mapping of mappings.

use std::ops::Range;

use zeroize::Zeroizing;

use super::tree::{Kind, Node, read};
use super::{Entry, key};
use crate::error::{Error, ErrorCode, Result};
use crate::formats::lines::{Line, Patch, line_break, line_number, lines, lines_of};
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
            set_first(&mut patch, text, name, value, &entry.lines(name.column + 2))?;
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

/// Puts lines into a container that has none.
fn set_first(patch: &mut Patch<'_>, text: &str, name: &Node, value: &Node, new: &[Zeroizing<String>]) -> Result<()> {
    let braces = match value.kind {
        Kind::Nothing => Vec::new(),
        _ => braces(text, value).ok_or_else(|| unusual(&name_of(name), "this way"))?,
    };
    let end = after(text, name.range.start..value.range.end);
    for line in lines(text).filter(|line| line.end <= end) {
        let own: Vec<_> = on_line(&line, &braces).collect();
        match rest_of(&line, &own).trim() {
            _ if own.is_empty() => {}
            "" if line.end == end => {
                let new: Vec<_> = new.iter().map(|line| line.as_str()).collect();
                patch.replace(line.start..line.text_end(), new.join(line_break(text)));
                return Ok(());
            }
            "" => patch.delete_line(&line),
            _ => own.into_iter().for_each(|brace| patch.replace(brace.clone(), "")),
        }
    }
    patch.insert_lines(end, new);
    Ok(())
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
        _ => return Err(unusual(&name_of(name), "this way")),
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
            Kind::Mapping { flow: true, pairs } if pairs.is_empty() && braces(text, value).is_none() => {}
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
    let braces = braces(text, value).filter(|_| value.is_empty()).unwrap_or_default();
    let whole = lines_of(text, key.range.start..value.range.end);
    for line in lines(text).filter(|line| line.start >= whole.start && line.start < whole.end) {
        let own: Vec<_> = on_line(&line, &braces).collect();
        if rest_of(&line, &own).trim().starts_with('#') {
            own.into_iter().for_each(|brace| patch.replace(brace.clone(), ""));
        } else if !line.text.trim().is_empty() {
            patch.delete_line(&line);
        }
    }
}

/// The braces of a mapping without properties, each with the blanks before it.
fn braces(text: &str, value: &Node) -> Option<Vec<Range<usize>>> {
    let brace = |at: usize| text[..at].trim_end_matches([' ', '\t']).len()..at + 1;
    let inner = text[value.range.clone()].strip_prefix('{')?.strip_suffix('}')?;
    Some(vec![brace(value.range.start), brace(value.range.start + 1 + inner.len())])
}

/// The braces that end on a line.
fn on_line<'a>(line: &Line<'_>, braces: &'a [Range<usize>]) -> impl Iterator<Item = &'a Range<usize>> {
    let range = line.start..line.end;
    braces.iter().filter(move |brace| range.contains(&(brace.end - 1)))
}

/// What a line says but for some braces.
fn rest_of(line: &Line<'_>, braces: &[&Range<usize>]) -> String {
    let kept = |at: usize| !braces.iter().any(|brace| brace.contains(&(line.start + at)));
    line.text.char_indices().filter(|(at, _)| kept(*at)).map(|(_, c)| c).collect()
}

fn after(text: &str, range: Range<usize>) -> usize {
    lines_of(text, range).end
}

/// A key as it may be shown: it is no secret.
fn name_of(name: &Node) -> String {
    key(name.scalar().map_or("", Secret::expose)).to_string()
}

fn unusual(what: &str, how: &str) -> Error {
    Error::new(ErrorCode::FailedPrecondition, format!("`{what}` cannot be changed where it is written {how}"))
        .with_hint("write it as a block: a key to a line, indented below its parent, in a single document")
}
