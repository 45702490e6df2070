//! Reading the elements of an XML text, enough for `settings.xml`: no namespaces, no DTD.

use std::ops::Range;

use zeroize::Zeroizing;

use crate::error::{Error, ErrorCode, Result};
use crate::formats::lines::{bom_length, lines};

/// Deeper files are nobody's configuration.
const DEEPEST: usize = 64;

/// An element and where it stands.
#[derive(Debug)]
#[cfg_attr(not(feature = "editors"), allow(dead_code, reason = "places matter to editors alone"))]
pub(super) struct Element {
    /// Its name without a prefix.
    pub(super) name: String,
    /// From `<` of its start to `>` of its end.
    pub(super) range: Range<usize>,
    /// What stands between its tags; empty, at the end of its one tag, if it has but one.
    pub(super) inner: Range<usize>,
    /// Whether it has one tag alone, `<a/>`.
    pub(super) single: bool,
    /// Its own text without that of its children, entities resolved.
    pub(super) text: Zeroizing<String>,
    /// Whether comments or instructions stand in it.
    pub(super) has_remarks: bool,
    pub(super) children: Vec<Element>,
}

impl Element {
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of a child, trimmed as Maven does.
    pub(super) fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.trim())
    }

    /// Whether it holds nothing but white space.
    #[cfg(feature = "editors")]
    pub(super) fn is_empty(&self) -> bool {
        self.children.is_empty() && !self.has_remarks && self.text.trim().is_empty()
    }
}

/// The root element.
///
/// # Errors
/// `invalid_syntax` with the line.
pub(super) fn read(text: &str) -> Result<Element> {
    let mut reader = Reader { text, at: bom_length(text), open: Vec::new(), root: None };
    while reader.at < text.len() {
        reader.step()?;
    }
    match (reader.open.is_empty(), reader.root) {
        (true, Some(root)) => Ok(root),
        (true, None) => Err(invalid(text, text.len(), "no element stands here")),
        (false, _) => Err(invalid(text, text.len(), "an element has no end")),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    open: Vec<Element>,
    root: Option<Element>,
}

impl<'a> Reader<'a> {
    fn step(&mut self) -> Result<()> {
        let rest = &self.text[self.at..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            self.remark();
            return self.skip(4, comment, "-->");
        }
        if let Some(data) = rest.strip_prefix("<![CDATA[") {
            let start = self.at + 9;
            self.skip(9, data, "]]>")?;
            let inner = &self.text[start..self.at - 3];
            let Some(element) = self.open.last_mut() else { return Err(self.invalid("text stands outside the root")) };
            element.text.push_str(inner);
            return Ok(());
        }
        if let Some(instruction) = rest.strip_prefix("<?") {
            self.remark();
            return self.skip(2, instruction, "?>");
        }
        if rest.starts_with("<!") {
            return Err(self.invalid("a document type is not taken"));
        }
        if let Some(end) = rest.strip_prefix("</") {
            return self.close(end);
        }
        if let Some(start) = rest.strip_prefix('<') {
            return self.start(start);
        }
        let length = rest.find('<').unwrap_or(rest.len());
        let decoded = decode(&rest[..length]).ok_or_else(|| self.invalid("an entity is not known"))?;
        match self.open.last_mut() {
            Some(element) => element.text.push_str(&decoded),
            None if decoded.trim().is_empty() => {}
            None => return Err(self.invalid("text stands outside the root")),
        }
        self.at += length;
        Ok(())
    }

    fn remark(&mut self) {
        if let Some(element) = self.open.last_mut() {
            element.has_remarks = true;
        }
    }

    fn skip(&mut self, lead: usize, rest: &str, end: &str) -> Result<()> {
        let length = rest.find(end).ok_or_else(|| self.invalid("something has no end"))?;
        self.at += lead + length + end.len();
        Ok(())
    }

    fn start(&mut self, rest: &'a str) -> Result<()> {
        let length = tag_length(rest).ok_or_else(|| self.invalid("a tag has no end"))?;
        let tag = &rest[..length];
        let single = tag.ends_with('/');
        let name = tag.trim_end_matches('/').split([' ', '\t', '\n', '\r']).next().unwrap_or_default();
        if !is_name(name) || self.root.is_some() || self.open.len() == DEEPEST {
            return Err(self.invalid("an element is malformed or out of place"));
        }
        let begin = self.at;
        self.at += length + 2;
        let element = Element {
            name: name.rsplit(':').next().unwrap_or(name).to_owned(),
            range: begin..self.at,
            inner: self.at..self.at,
            single,
            text: Zeroizing::default(),
            has_remarks: false,
            children: Vec::new(),
        };
        if single {
            self.done(element)
        } else {
            self.open.push(element)
        }
        Ok(())
    }

    fn close(&mut self, rest: &str) -> Result<()> {
        let length = rest.find('>').ok_or_else(|| self.invalid("a tag has no end"))?;
        let name = rest[..length].trim_end();
        let name = name.rsplit(':').next().unwrap_or(name);
        match self.open.pop().filter(|element| element.name == name) {
            None => Err(self.invalid("an end tag does not fit its start")),
            Some(mut element) => {
                element.inner.end = self.at;
                self.at += length + 3;
                element.range.end = self.at;
                self.done(element);
                Ok(())
            }
        }
    }

    fn done(&mut self, element: Element) {
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
    }

    fn invalid(&self, what: &str) -> Error {
        invalid(self.text, self.at, what)
    }
}

fn invalid(text: &str, at: usize, what: &str) -> Error {
    let line = lines(text).take_while(|line| line.start <= at).last().map_or(1, |line| line.number);
    Error::new(ErrorCode::InvalidSyntax, format!("line {line} is no valid XML: {what}"))
}

/// The length of a tag up to its `>`, which may stand in an attribute too.
fn tag_length(rest: &str) -> Option<usize> {
    let mut quote = None;
    rest.char_indices().find_map(|(at, c)| {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None if c == '>' => return Some(at),
            None => {}
        }
        None
    })
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':'))
}

/// Text with entities resolved; `None` where one is not known.
fn decode(text: &str) -> Option<Zeroizing<String>> {
    let mut out = Zeroizing::new(String::with_capacity(text.len()));
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let (name, after) = rest[at + 1..].split_once(';')?;
        out.push(match name {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            _ => {
                let number = name.strip_prefix('#')?;
                let code = match number.strip_prefix('x') {
                    Some(hex) => u32::from_str_radix(hex, 16),
                    None => number.parse(),
                };
                char::from_u32(code.ok()?)?
            }
        });
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

/// Text with the characters escaped that mean something to XML.
pub(super) fn escape(text: &str) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(5 * text.len()));
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_elements_and_their_places() {
        let text = "\u{FEFF}<?xml version='1.0'?>\n<!-- <a> -->\n<s:a x=\">\"><b>1&amp;&#x32;<![CDATA[<3]]></b><c/><!-- x --></s:a >\n";
        let root = read(text).unwrap();
        assert_eq!(
            (root.name.as_str(), root.has_remarks, &text[root.inner.clone()]),
            ("a", true, &text[root.children[0].range.start..root.inner.end])
        );
        assert_eq!(root.text_of("b"), Some("1&2<3"));
        assert_eq!(&text[root.children[1].range.clone()], "<c/>");
        assert!(root.children[1].single);
    }

    #[test]
    fn refuses_what_is_not_well_formed() {
        for text in [
            "",
            "x",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "<a>&x;</a>",
            "<!DOCTYPE a><a/>",
            "<a",
            "<a><!-- </a>",
            "<1/>",
            "</a>",
            "<a/>x",
        ] {
            assert_eq!(read(text).unwrap_err().code(), ErrorCode::InvalidSyntax, "{text}");
        }
    }
}
