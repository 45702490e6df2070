//! Putting our elements into a user's `settings.xml`, and taking them out.
//!
//! No library for Rust writes XML back byte for byte. roxmltree, strict about what is well-formed,
//! decides whether the file is fit to be changed; the reader that also serves builds without it
//! gives the places, and the changes are made in the text itself.

use std::ops::Range;

use zeroize::Zeroizing;

use super::parts::{Part, Parts, ids};
use crate::error::{Error, ErrorCode, Result};
use crate::formats::RenderOptions;
use crate::formats::lines::{Patch, bom_length, is_blank, line_break, lines_of};
use crate::formats::xml::{self, Element};
use crate::secret::Secret;

pub(super) fn edit(text: &str, parts: &Parts) -> Result<Secret> {
    let mut text = Secret::new(text);
    read(text.expose())?;
    for (id, server) in parts.servers() {
        text = put_server(text.expose(), id, &server, parts)?;
    }
    let wanted = parts.places();
    let ours = [parts.profile.clone(), format!("{}-remediated", parts.profile)];
    for container in ["mirrors", "profiles", "activeProfiles"] {
        let part = wanted.iter().find(|part| part.container == container);
        text = put(text.expose(), container, part, &ours)?;
    }
    // A server of a repository that is no longer asked for.
    let stale: Vec<String> =
        ours.into_iter().filter(|id| !parts.repositories.iter().any(|(known, _)| known == id)).collect();
    without(text.expose(), &["servers"], &stale)
}

pub(in crate::formats) fn remove(text: &str, o: &RenderOptions) -> Result<Secret> {
    if is_blank(text) {
        return Ok(Secret::new(text));
    }
    let text = without(text, &["servers", "mirrors", "profiles", "activeProfiles"], &ids(o))?;
    let root = read(text.expose())?;
    let mut patch = Patch::new(text.expose());
    if root.is_empty() {
        // Nothing but white space is left in the root: with nothing around it, it goes too.
        let around = [&text.expose()[..root.range.start], &text.expose()[root.range.end..]];
        if around.into_iter().all(is_blank) {
            delete(&mut patch, text.expose(), &root.range);
        } else if !root.single {
            patch.replace(root.inner.start - 1..root.range.end, "/>");
        }
    }
    Ok(patch.apply())
}

/// The root, if the file is one of Maven's settings.
fn read(text: &str) -> Result<Element> {
    roxmltree::Document::parse(&text[bom_length(text)..]).map_err(|error| {
        // The parser's own words may repeat what it read.
        Error::new(ErrorCode::InvalidSyntax, format!("line {} is no valid XML", error.pos().row))
    })?;
    let root = xml::read(text)?;
    if root.name != "settings" {
        return Err(Error::new(ErrorCode::InvalidSyntax, "the root of the file is not `settings`"));
    }
    Ok(root)
}

/// The server of an id: its username and password changed in place, or a new one.
fn put_server(text: &str, id: &str, server: &Part, parts: &Parts) -> Result<Secret> {
    let root = read(text)?;
    let found = root.child("servers").and_then(|servers| servers.children.iter().find(|child| has_id(child, id)));
    let Some(found) = found else { return insert(text, &root, server) };
    let mut patch = Patch::new(text);
    let mut missing = String::new();
    for (name, value) in [("username", &parts.username), ("password", &parts.password)] {
        match found.child(name) {
            Some(child) if child.single => patch.replace(child.range.clone(), format!("<{name}>{}</{name}>", **value)),
            Some(child) => patch.replace(child.inner.clone(), value.as_str()),
            None => missing.push_str(&format!("<{name}>{}</{name}>", **value)),
        }
    }
    if let Some(after) = found.child("id").filter(|_| !missing.is_empty()) {
        patch.replace(after.range.end..after.range.end, missing);
    }
    Ok(patch.apply())
}

/// Our element of a container: as it is if it says what it should, else anew, or none.
fn put(text: &str, container: &str, part: Option<&Part>, ours: &[String]) -> Result<Secret> {
    let root = read(text)?;
    let found: Vec<&Element> = root
        .child(container)
        .into_iter()
        .flat_map(|container| &container.children)
        .filter(|child| ours.iter().any(|id| has_id(child, id)))
        .collect();
    if let ([found], Some(part)) = (found.as_slice(), part)
        && same(&text[found.range.clone()], part)
    {
        return Ok(Secret::new(text));
    }
    let cleaned = without(text, &[container], ours)?;
    match part {
        Some(part) => insert(cleaned.expose(), &read(cleaned.expose())?, part),
        None => Ok(if found.is_empty() { Secret::new(text) } else { cleaned }),
    }
}

/// Whether a text says the same as a part, layout aside.
fn same(text: &str, part: &Part) -> bool {
    let dense = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    dense(text) == part.lines.iter().map(|line| dense(line)).collect::<String>()
}

fn has_id(element: &Element, id: &str) -> bool {
    let found = if element.name == "activeProfile" { Some(element.text.trim()) } else { element.text_of("id") };
    found.is_some_and(|found| *xml::escape(found) == *id)
}

/// Puts a part at the end of its container, or a container with it at the end of the root.
fn insert(text: &str, root: &Element, part: &Part) -> Result<Secret> {
    let name = part.container;
    if let Some(container) = root.child(name) {
        let depth = indent_of(text, &container.range);
        return Ok(insert_into(text, container, name, &depth, &part.lines));
    }
    let mut lines = vec![Zeroizing::new(format!("<{name}>"))];
    lines.extend(part.lines.iter().map(|line| Zeroizing::new(format!("  {}", **line))));
    lines.push(Zeroizing::new(format!("</{name}>")));
    let depth = indent_of(text, &root.range);
    Ok(insert_into(text, root, &root.name, &depth, &lines))
}

fn insert_into(text: &str, element: &Element, name: &str, depth: &str, lines: &[Zeroizing<String>]) -> Secret {
    let newline = line_break(text);
    let lines: Vec<_> = lines.iter().map(|line| Zeroizing::new(format!("{depth}  {}", **line))).collect();
    let mut patch = Patch::new(text);
    let line_start = lines_of(text, element.inner.end..element.inner.end).start;
    if !element.single && text[line_start..element.inner.end].trim().is_empty() && line_start >= element.inner.start {
        patch.insert_lines(line_start, &lines);
        return patch.apply();
    }
    let mut block = Zeroizing::new(String::with_capacity(lines.iter().map(|line| line.len() + 2).sum::<usize>() + 80));
    for line in &lines {
        block.push_str(newline);
        block.push_str(line);
    }
    block.push_str(newline);
    block.push_str(depth);
    if element.single {
        // `<a/>` opens.
        let tag = text[element.range.clone()].trim_end_matches("/>").trim_end().len();
        let open = element.range.start + tag;
        patch.replace(open..element.range.end, format!(">{}</{name}>", *block));
    } else if !element.is_empty() {
        // On a line with others it stays on that line, so that it goes again without a trace.
        let dense: String = lines.iter().map(|line| line.trim()).collect();
        patch.replace(element.inner.end..element.inner.end, dense);
    } else {
        let kept = text[element.inner.clone()].trim_end().len();
        patch.replace(element.inner.start + kept..element.inner.end, block.as_str());
    }
    patch.apply()
}

fn indent_of(text: &str, range: &Range<usize>) -> String {
    let start = lines_of(text, range.start..range.start).start;
    let before = &text[start..range.start];
    before.chars().take_while(|c| matches!(c, ' ' | '\t')).collect()
}

/// The text without the elements of these ids, and without containers that are left empty.
fn without(text: &str, containers: &[&str], ids: &[String]) -> Result<Secret> {
    let root = read(text)?;
    let mut patch = Patch::new(text);
    for container in root.children.iter().filter(|child| containers.contains(&child.name.as_str())) {
        let ours = |child: &&Element| ids.iter().any(|id| has_id(child, id));
        let emptied = container.children.iter().all(|child| ours(&child))
            && !container.has_remarks
            && container.text.trim().is_empty();
        if emptied {
            delete(&mut patch, text, &container.range);
        } else {
            container.children.iter().filter(ours).for_each(|child| delete(&mut patch, text, &child.range));
        }
    }
    Ok(patch.apply())
}

/// Whole lines where nothing else stands on them, else the element alone.
fn delete(patch: &mut Patch<'_>, text: &str, range: &Range<usize>) {
    let lines = lines_of(text, range.start..range.end);
    let alone = text[lines.start..range.start].trim().is_empty() && text[range.end..lines.end].trim().is_empty();
    if alone { patch.delete_lines(lines) } else { patch.replace(range.clone(), "") }
}
