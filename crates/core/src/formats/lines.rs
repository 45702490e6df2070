//! Changing a text by lines without touching any byte that is not meant.

use std::ops::Range;

use zeroize::Zeroizing;

use crate::secret::Secret;

/// The byte order mark some editors leave at the start of a file.
pub(super) const BOM: char = '\u{FEFF}';

/// One line of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    /// From 1.
    pub(super) number: usize,
    /// Where it begins, behind a byte order mark.
    pub(super) start: usize,
    /// What it says, without its line break.
    pub(super) text: &'a str,
    /// Where the next line begins.
    pub(super) end: usize,
}

impl Line<'_> {
    /// Where its text ends and its line break begins.
    pub(super) fn text_end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// The length of a byte order mark at the start, 0 without one.
pub(super) fn bom_length(text: &str) -> usize {
    if text.starts_with(BOM) { BOM.len_utf8() } else { 0 }
}

/// The lines of a text. CR LF, LF and a lone CR all end one; a text that ends with a line break has
/// no empty line after it.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    lines_from(text, bom_length(text))
}

fn lines_from(text: &str, mut start: usize) -> impl Iterator<Item = Line<'_>> {
    let mut number = 0;
    std::iter::from_fn(move || {
        if start == text.len() {
            return None;
        }
        let rest = &text[start..];
        let length = rest.find(['\n', '\r']).unwrap_or(rest.len());
        let breaks = match &rest.as_bytes()[length..] {
            [b'\r', b'\n', ..] => 2,
            [_, ..] => 1,
            [] => 0,
        };
        number += 1;
        let line = Line { number, start, text: &rest[..length], end: start + length + breaks };
        start = line.end;
        Some(line)
    })
}

/// Whether a text says nothing at all. XML and JSON know these four kinds of white space alone.
pub(super) fn is_blank(text: &str) -> bool {
    text[bom_length(text)..].trim_matches([' ', '\t', '\r', '\n']).is_empty()
}

/// The text with whole lines at its end.
pub(super) fn insert_at_end(text: &str, new: &[Zeroizing<String>]) -> Secret {
    let mut patch = Patch::new(text);
    patch.insert_lines(text.len(), new);
    patch.apply()
}

/// The line break a text uses: its first one, or LF where it has none.
pub(super) fn line_break(text: &str) -> &'static str {
    match text.find(['\n', '\r']).map(|at| &text.as_bytes()[at..]) {
        Some([b'\r', b'\n', ..]) => "\r\n",
        Some([b'\r', ..]) => "\r",
        _ => "\n",
    }
}

/// The whole lines that a range of bytes stands on, line breaks included.
pub(super) fn lines_of(text: &str, range: Range<usize>) -> Range<usize> {
    let start = text[..range.start].rfind(['\n', '\r']).map_or(bom_length(text), |at| at + 1);
    let end = range.end.max(start);
    let rest = lines_from(text, end).next().map_or(end, |line| line.end);
    start..rest
}

/// The number of the line that a byte stands on, from 1.
#[cfg(feature = "editors")]
pub(super) fn line_number(text: &str, at: usize) -> usize {
    lines(text).take_while(|line| line.start <= at).last().map_or(1, |line| line.number)
}

/// A set of changes to one text, applied together. Changes must not overlap.
pub(super) struct Patch<'a> {
    text: &'a str,
    changes: Vec<(Range<usize>, Zeroizing<String>)>,
    last_line_gone: bool,
}

impl<'a> Patch<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, changes: Vec::new(), last_line_gone: false }
    }

    /// Puts `new` where `range` was.
    pub(super) fn replace(&mut self, range: Range<usize>, new: impl Into<String>) {
        self.changes.push((range, Zeroizing::new(new.into())));
    }

    /// Takes out a whole line. Where that was the last one and had no line break, the text still
    /// ends without one.
    pub(super) fn delete_line(&mut self, line: &Line<'_>) {
        self.delete_lines(line.start..line.end);
    }

    /// Takes out whole lines in the same way; `range` ends where a line or the text does.
    pub(super) fn delete_lines(&mut self, range: Range<usize>) {
        self.last_line_gone |= range.end == self.text.len() && !self.text.ends_with(['\n', '\r']);
        self.replace(range, "");
    }

    /// Puts in whole lines, at the start of a line or at the end of the text. A text that ends
    /// without a line break still does.
    pub(super) fn insert_lines(&mut self, at: usize, new: &[Zeroizing<String>]) {
        let newline = line_break(self.text);
        let before = &self.text[bom_length(self.text)..at.max(bom_length(self.text))];
        let unterminated = !before.is_empty() && !before.ends_with(['\n', '\r']);
        let mut block = Zeroizing::new(String::with_capacity(new.iter().map(|line| line.len() + 2).sum()));
        for line in new {
            if unterminated {
                block.push_str(newline);
            }
            block.push_str(line);
            if !unterminated {
                block.push_str(newline);
            }
        }
        self.changes.push((at..at, block));
    }

    /// The changed text.
    pub(super) fn apply(mut self) -> Secret {
        self.changes.sort_by_key(|(range, _)| (range.start, range.end));
        let added: usize = self.changes.iter().map(|(_, new)| new.len()).sum();
        // Large enough from the start: growing would leave copies of a secret behind.
        let mut out = String::with_capacity(self.text.len() + added);
        let mut at = 0;
        for (range, new) in &self.changes {
            debug_assert!(range.start >= at, "changes overlap");
            out.push_str(&self.text[at..range.start]);
            out.push_str(new);
            at = range.end;
        }
        out.push_str(&self.text[at..]);
        if self.last_line_gone {
            let kept = out.strip_suffix('\n').map_or(out.as_str(), |rest| rest);
            let kept = kept.strip_suffix('\r').map_or(kept, |rest| rest);
            out.truncate(kept.len());
        }
        Secret::new(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_break_ends_a_line() {
        let text = "\u{FEFF}a\r\nb\nc\rd\n\n";
        let found: Vec<_> = lines(text).map(|line| (line.number, line.text)).collect();
        assert_eq!(found, [(1, "a"), (2, "b"), (3, "c"), (4, "d"), (5, "")]);
        assert_eq!(lines("").count(), 0);
        assert_eq!((line_break("a\r\nb\n"), line_break("a\rb"), line_break("a")), ("\r\n", "\r", "\n"));
    }

    #[test]
    fn lines_go_in_and_out_again_without_a_trace() {
        for text in ["", "a", "a\n", "a\r\nb", "a\r\nb\r\n", "\u{FEFF}", "\u{FEFF}a", "\n"] {
            let mut patch = Patch::new(text);
            patch.insert_lines(text.len(), &[Zeroizing::new("x1".into()), Zeroizing::new("x2".into())]);
            let longer = patch.apply();
            assert!(longer.expose().contains("x1"), "{text:?}");
            let mut patch = Patch::new(longer.expose());
            for line in lines(longer.expose()).filter(|line| line.text.starts_with('x')) {
                patch.delete_line(&line);
            }
            assert_eq!(patch.apply().expose(), text);
        }
    }

    #[test]
    fn changes_apply_in_order_of_place() {
        let mut patch = Patch::new("abc");
        patch.replace(2..3, "C");
        patch.replace(0..1, "A");
        assert_eq!(patch.apply().expose(), "AbC");
    }
}
