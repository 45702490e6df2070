//! The indexes of a `pip.conf`, and where each stands.

use std::ops::Range;

use crate::formats::lines::{Line, Patch, lines};
use crate::formats::userinfo;

/// What matters of a `pip.conf`.
pub(super) struct Config<'a> {
    pub(super) settings: Vec<Setting<'a>>,
    pub(super) ours: Vec<Ours<'a>>,
    /// The lines `[global]`; more than one is a mistake.
    pub(super) global_heads: Vec<Line<'a>>,
    /// How deep the first line below `[global]` is indented, be it a setting or a section's head.
    pub(super) global_indent: &'a str,
    /// Whether nothing but index settings stands below `[global]`.
    pub(super) pure: bool,
}

/// `index-url` or `extra-index-url`.
pub(super) struct Setting<'a> {
    pub(super) key: String,
    pub(super) global: bool,
    pub(super) indent: &'a str,
    pub(super) lines: Range<usize>,
    /// How many words its value has.
    words: usize,
}

impl Setting<'_> {
    /// Whether it names further indexes, but has none: an edit would fill it.
    fn is_void(&self) -> bool {
        self.global && self.words == 0 && self.key == "extra-index-url"
    }

    pub(super) fn is_ours(&self, ours: &[Ours<'_>]) -> bool {
        self.is_void()
            || self.words > 0 && ours.iter().filter(|ours| self.lines.contains(&ours.range.start)).count() == self.words
    }
}

/// A URL of ours in a setting.
pub(super) struct Ours<'a> {
    line: Line<'a>,
    pub(super) range: Range<usize>,
    pub(super) bare: String,
}

impl Ours<'_> {
    /// The whole line of a value's continuation, else the word with the white space before it.
    pub(super) fn delete(&self, patch: &mut Patch<'_>, text: &str) {
        let before = &text[self.line.start..self.range.start];
        let alone = before.trim().is_empty() && text[self.range.end..self.line.text_end()].trim().is_empty();
        if alone {
            patch.delete_line(&self.line);
        } else {
            let space = before.len() - before.trim_end_matches([' ', '\t']).len();
            patch.replace(self.range.start - space..self.range.end, "");
        }
    }
}

impl<'a> Config<'a> {
    pub(super) fn read(text: &'a str, urls: &[String]) -> Self {
        let mut config =
            Self { settings: Vec::new(), ours: Vec::new(), global_heads: Vec::new(), global_indent: "", pure: true };
        let mut section = "";
        let mut first = false;
        let mut indent: Option<usize> = None;
        for line in lines(text) {
            let trimmed = line.text.trim();
            if is_remark(line.text) {
                config.pure &= trimmed.is_empty() || section != "global";
                continue;
            }
            let depth = line.text.len() - line.text.trim_start().len();
            if indent.is_some_and(|indent| depth > indent) {
                // A further line of a value.
                if let Some(setting) = config.settings.last_mut().filter(|s| s.open_at(line.start, text)) {
                    setting.lines.end = line.end;
                    setting.words += words(trimmed);
                    config.find_ours(line, 0, urls);
                } else {
                    config.pure &= section != "global";
                }
                continue;
            }
            if std::mem::take(&mut first) {
                config.global_indent = &line.text[..depth];
            }
            if let Some(name) = trimmed.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(name, _)| name) {
                section = name;
                indent = None;
                first = name == "global" && config.global_heads.is_empty();
                if name == "global" {
                    config.global_heads.push(line);
                }
                continue;
            }
            indent = Some(depth);
            let Some(at) = line.text.find(['=', ':']) else {
                config.pure &= section != "global";
                continue;
            };
            let key = line.text[..at].trim().to_ascii_lowercase().replace('_', "-");
            if key == "index-url" || key == "extra-index-url" {
                config.settings.push(Setting {
                    key,
                    global: section == "global",
                    indent: &line.text[..depth],
                    lines: line.start..line.end,
                    words: words(&line.text[at + 1..]),
                });
                config.find_ours(line, at + 1, urls);
            } else {
                config.pure &= section != "global";
            }
        }
        config
    }

    /// Takes out some of our URLs, and with its last one a whole setting.
    pub(super) fn delete(&self, patch: &mut Patch<'_>, text: &str, ours: &[&Ours<'_>]) {
        for setting in &self.settings {
            let inside: Vec<_> = ours.iter().filter(|ours| setting.lines.contains(&ours.range.start)).collect();
            if !inside.is_empty() && inside.len() == setting.words {
                setting.delete(patch, text);
            } else {
                inside.into_iter().for_each(|ours| ours.delete(patch, text));
            }
        }
    }

    /// Takes out settings that have no URL at all.
    pub(super) fn delete_void(&self, patch: &mut Patch<'_>, text: &str) {
        self.settings.iter().filter(|setting| setting.is_void()).for_each(|setting| setting.delete(patch, text));
    }

    fn find_ours(&mut self, line: Line<'a>, from: usize, urls: &[String]) {
        for (range, url) in userinfo::urls(&line.text[from..]) {
            let Some(found) = userinfo::split(url) else { continue };
            let slash = if found.bare.ends_with('/') { "" } else { "/" };
            let bare = format!("{}{slash}", found.bare);
            if urls.contains(&bare) {
                let start = line.start + from;
                self.ours.push(Ours { line, range: start + range.start..start + range.end, bare });
            }
        }
    }
}

impl Setting<'_> {
    /// Comments and blank lines between its own stay.
    fn delete(&self, patch: &mut Patch<'_>, text: &str) {
        let own = lines(text).filter(|line| self.lines.contains(&line.start) && !is_remark(line.text));
        own.for_each(|line| patch.delete_line(&line));
    }

    /// Whether only blank lines and comments stand between this and a further line of its value.
    fn open_at(&self, start: usize, text: &str) -> bool {
        lines(&text[self.lines.end..start]).all(|line| is_remark(line.text))
    }
}

/// Whether a line is blank or a comment.
fn is_remark(line: &str) -> bool {
    let trimmed = line.trim();
    trimmed.is_empty() || trimmed.starts_with(['#', ';'])
}

fn words(text: &str) -> usize {
    text.split_ascii_whitespace().count()
}
