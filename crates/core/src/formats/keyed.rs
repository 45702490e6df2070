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

/// The text with these settings: the last of a key, which is the one that counts, changed in place,
/// others of the key taken out, missing ones added where `place` says.
///
/// # Errors
/// `invalid_syntax` where what was written would be read as something else: an open quote before it
/// may take in, or let go of, whole lines.
pub(super) fn edit(
    text: &str,
    read: impl Fn(&str) -> Vec<Setting>,
    wanted: &[Wanted],
    place: impl Fn(&str) -> usize,
) -> Result<Secret> {
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
    let settings = read(changed.expose());
    let is_set = |wanted: &Wanted| {
        let mut same = settings.iter().filter(|setting| setting.key == wanted.key);
        let written = same.next().is_some_and(|setting| changed.expose()[setting.range.clone()] == *wanted.value);
        written && same.next().is_none()
    };
    if wanted.iter().all(is_set) {
        return Ok(changed);
    }
    Err(Error::new(ErrorCode::InvalidSyntax, "the file has an open quote, so that nobody can say where a value ends")
        .with_hint("close or take out the quotes, then try again"))
}

/// The text without the settings of these keys.
pub(super) fn remove(text: &str, read: impl Fn(&str) -> Vec<Setting>, keys: &[String]) -> Secret {
    let mut patch = Patch::new(text);
    for setting in read(text).iter().filter(|setting| keys.contains(&setting.key)) {
        patch.delete_lines(setting.lines.clone());
    }
    patch.apply()
}
