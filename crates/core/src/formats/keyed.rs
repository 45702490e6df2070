//! Editing files of `key = value` settings, whatever their syntax: what dotenv, Java's properties
//! and their like have in common.

use std::ops::Range;

use zeroize::Zeroizing;

use crate::error::{Error, ErrorCode, Result};
use crate::formats::lines::Patch;
use crate::secret::Secret;

/// A setting found in a text.
pub(super) struct Setting {
    /// The line it begins on, from 1.
    pub(super) line: usize,
    /// Its key, unescaped.
    pub(super) key: String,
    /// The lines it takes, line break included.
    pub(super) lines: Range<usize>,
    /// What a value needs in front of it where there is nothing yet between it and the key.
    pub(super) lead: &'static str,
    /// Its value as it is written, quotes included.
    pub(super) range: Range<usize>,
    /// Its value, unescaped.
    pub(super) value: Secret,
}

/// What finds all settings of a text, in its order.
pub(super) type Read = fn(&str) -> Vec<Setting>;

/// A setting to be.
pub(super) struct Wanted {
    pub(super) key: String,
    /// The value as it is to be written.
    pub(super) value: Zeroizing<String>,
    /// The whole line, where there is none yet.
    pub(super) line: Zeroizing<String>,
}

impl Wanted {
    /// A setting written `KEY=VALUE`.
    pub(super) fn new(key: impl Into<String>, value: Zeroizing<String>) -> Self {
        let key = key.into();
        Self { line: Zeroizing::new(format!("{key}={}", *value)), key, value }
    }
}

/// A fresh text of these settings.
///
/// # Errors
/// `invalid_syntax` where a value would be read as something else.
pub(super) fn render(read: Read, wanted: &[Wanted]) -> Result<Secret> {
    let lines: Vec<_> = wanted.iter().map(|wanted| wanted.line.clone()).collect();
    checked(super::whole_lines(&lines), read, wanted)
}

/// The text with these settings: the last of a key, which is the one that counts, changed in place,
/// others of the key taken out, missing ones added where `place` says.
///
/// # Errors
/// `invalid_syntax` where what was written, or another setting, would be read as something else, now or
/// once ours is taken out again: an open quote may take in, or let go of, whole lines.
pub(super) fn edit(text: &str, read: Read, wanted: &[Wanted], place: fn(&str) -> usize) -> Result<Secret> {
    let found = read(text);
    let mut patch = Patch::new(text);
    let mut missing = Vec::new();
    for wanted in wanted {
        let mut same: Vec<_> = found.iter().filter(|setting| setting.key == wanted.key).collect();
        match same.pop() {
            Some(last) => {
                let mut new = Zeroizing::new(String::with_capacity(last.lead.len() + wanted.value.len() + 1));
                new.push_str(last.lead);
                new.push_str(&wanted.value);
                // A comment right behind the old value must not become a part of the new one.
                let glued = text[last.range.end..].starts_with(|c: char| !c.is_ascii_whitespace());
                new.push_str(if glued { " " } else { "" });
                patch.replace(last.range.clone(), new.as_str());
            }
            None => missing.push(wanted.line.clone()),
        }
        for setting in same {
            patch.delete_lines(setting.lines.clone());
        }
    }
    let mut changed = patch.apply();
    if !missing.is_empty() {
        // The end may have moved.
        let mut patch = Patch::new(changed.expose());
        patch.insert_lines(place(changed.expose()), &missing);
        changed = patch.apply();
    }
    let changed = checked(changed, read, wanted)?;
    let keys: Vec<String> = wanted.iter().map(|wanted| wanted.key.clone()).collect();
    let stays = others(&found, &keys).eq(others(&read(changed.expose()), &keys));
    // What came in must be able to go, and what was there before it.
    if stays && remove(text, read, &keys).is_ok() && remove(changed.expose(), read, &keys).is_ok() {
        return Ok(changed);
    }
    Err(open_quote())
}

/// The text, if it is read back as what was written.
fn checked(text: Secret, read: Read, wanted: &[Wanted]) -> Result<Secret> {
    let settings = read(text.expose());
    let is_set = |wanted: &Wanted| {
        let mut same = settings.iter().filter(|setting| setting.key == wanted.key);
        let written = same.next().is_some_and(|setting| text.expose()[setting.range.clone()] == *wanted.value);
        written && same.next().is_none()
    };
    if wanted.iter().all(is_set) {
        return Ok(text);
    }
    Err(open_quote())
}

/// Key and value of the settings that are not of these keys.
fn others<'a>(settings: &'a [Setting], keys: &[String]) -> impl Iterator<Item = (&'a str, &'a str)> {
    settings.iter().filter(|setting| !keys.contains(&setting.key)).map(texts)
}

fn texts(setting: &Setting) -> (&str, &str) {
    // A file is compared with itself: whoever could learn from the time it takes has the file.
    (&setting.key, setting.value.expose())
}

fn open_quote() -> Error {
    Error::new(ErrorCode::InvalidSyntax, "the file has an open quote, so that nobody can say where a value ends")
        .with_hint("close or take out the quotes, then try again")
}

/// The text without the settings of these keys.
///
/// # Errors
/// `invalid_syntax` where another setting would be read as something else in the text that is left.
pub(super) fn remove(text: &str, read: Read, keys: &[String]) -> Result<Secret> {
    let found = read(text);
    let mut patch = Patch::new(text);
    for setting in found.iter().filter(|setting| keys.contains(&setting.key)) {
        patch.delete_lines(setting.lines.clone());
    }
    let rest = patch.apply();
    let stays = others(&found, keys).eq(read(rest.expose()).iter().map(texts));
    if stays { Ok(rest) } else { Err(open_quote()) }
}
