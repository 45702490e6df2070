//! From a text to its one value, left to right.

use std::borrow::Cow;

use zeroize::Zeroizing;

use super::{Defect, Number, Object, Value};

/// Deeper texts are refused before they use up the stack.
pub(super) const DEEPEST: usize = 128;

/// The one value of a text.
pub(crate) fn read(text: &str) -> Result<Value<'_>, Defect> {
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(0)?;
    if reader.peek().is_some() { Err(reader.defect()) } else { Ok(value) }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn value(&mut self, depth: usize) -> Result<Value<'a>, Defect> {
        match self.peek() {
            Some(b'{') if depth < DEEPEST => self.object(depth),
            Some(b'[') if depth < DEEPEST => self.list(depth),
            Some(b'"') => self.string().map(Value::Text),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b'n') => self.word("null", Value::Null),
            Some(b't') => self.word("true", Value::Flag(true)),
            Some(b'f') => self.word("false", Value::Flag(false)),
            _ => Err(self.defect()),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value<'a>, Defect> {
        // A token has six or so.
        let mut members = Vec::with_capacity(8);
        while self.goes_on(b'}', members.is_empty())? {
            if self.peek() != Some(b'"') {
                return Err(self.defect());
            }
            let name = self.string()?;
            self.expect(b':')?;
            let value = self.value(depth + 1).map_err(|defect| defect.within(&name))?;
            members.push((name, value));
        }
        Ok(Value::Object(Object(members)))
    }

    fn list(&mut self, depth: usize) -> Result<Value<'a>, Defect> {
        let mut values = Vec::new();
        while self.goes_on(b']', values.is_empty())? {
            values.push(self.value(depth + 1)?);
        }
        Ok(Value::List(values))
    }

    /// Passes over the bracket or comma before a member, or over the bracket at the end.
    fn goes_on(&mut self, end: u8, is_empty: bool) -> Result<bool, Defect> {
        if is_empty {
            self.at += 1;
        }
        match self.peek() {
            Some(byte) if byte == end => self.at += 1,
            Some(_) if is_empty => return Ok(true),
            _ => return self.expect(b',').map(|()| true),
        }
        Ok(false)
    }

    fn string(&mut self) -> Result<Cow<'a, str>, Defect> {
        self.at += 1;
        let plain = self.plain();
        if self.byte() == Some(b'"') {
            self.at += 1;
            return Ok(Cow::Borrowed(plain));
        }
        // Large enough from the start, and zeroed if it comes to nothing: it may be a secret.
        let mut out = Zeroizing::new(String::with_capacity(plain.len() + self.length()));
        out.push_str(plain);
        loop {
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Cow::Owned(std::mem::take(&mut *out)));
                }
                Some(b'\\') => out.push(self.escape()?),
                _ => return Err(self.defect()),
            }
            out.push_str(self.plain());
        }
    }

    /// The part of a string up to a quote, a backslash or what must not stand in it.
    fn plain(&mut self) -> &'a str {
        let rest = &self.text[self.at..];
        let ends = |byte| byte == b'"' || byte == b'\\' || byte < b' ';
        let length = rest.bytes().position(ends).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    /// How long the rest of a string is as it is written.
    fn length(&self) -> usize {
        let rest = &self.text[self.at..];
        let mut is_escaped = false;
        let end = rest.bytes().position(|byte| {
            let ends = byte == b'"' && !is_escaped;
            is_escaped = byte == b'\\' && !is_escaped;
            ends
        });
        end.unwrap_or(rest.len())
    }

    fn escape(&mut self) -> Result<char, Defect> {
        let escaped = self.text.as_bytes().get(self.at + 1).copied();
        let c = match escaped {
            Some(b'"' | b'\\' | b'/') => escaped.map_or('/', char::from),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.character(),
            _ => return Err(self.defect()),
        };
        self.at += 2;
        Ok(c)
    }

    /// `\uXXXX`, or two of them that are one character.
    fn character(&mut self) -> Result<char, Defect> {
        let mut units = [self.unit()?, 0];
        let length = if (0xd800..0xdc00).contains(&units[0]) && self.text[self.at..].starts_with("\\u") {
            units[1] = self.unit()?;
            2
        } else {
            1
        };
        let mut chars = char::decode_utf16(units.into_iter().take(length));
        match (chars.next(), chars.next()) {
            (Some(Ok(c)), None) => Ok(c),
            _ => Err(Defect { is_half: true, ..self.defect() }),
        }
    }

    fn unit(&mut self) -> Result<u16, Defect> {
        let hex = self.text.get(self.at + 2..self.at + 6).filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
        let unit = hex.and_then(|hex| u16::from_str_radix(hex, 16).ok()).ok_or_else(|| self.defect())?;
        self.at += 6;
        Ok(unit)
    }

    fn number(&mut self) -> Result<Value<'a>, Defect> {
        let start = self.at;
        self.pass(b"-");
        if !self.pass(b"0") {
            self.digits()?;
        }
        if self.pass(b".") {
            self.digits()?;
        }
        if self.pass(b"eE") {
            self.pass(b"+-");
            self.digits()?;
        }
        Ok(Value::Number(Number(&self.text[start..self.at])))
    }

    fn digits(&mut self) -> Result<(), Defect> {
        let start = self.at;
        while self.byte().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start { Err(self.defect()) } else { Ok(()) }
    }

    /// Passes over a byte, if it is one of these.
    fn pass(&mut self, bytes: &[u8]) -> bool {
        let passes = self.byte().is_some_and(|byte| bytes.contains(&byte));
        self.at += usize::from(passes);
        passes
    }

    fn word(&mut self, word: &str, value: Value<'a>) -> Result<Value<'a>, Defect> {
        if !self.text[self.at..].starts_with(word) {
            return Err(self.defect());
        }
        self.at += word.len();
        Ok(value)
    }

    fn expect(&mut self, byte: u8) -> Result<(), Defect> {
        if self.peek() != Some(byte) {
            return Err(self.defect());
        }
        self.at += 1;
        Ok(())
    }

    /// The next byte behind white space.
    fn peek(&mut self) -> Option<u8> {
        loop {
            match self.byte() {
                Some(b' ' | b'\t' | b'\r' | b'\n') => self.at += 1,
                other => return other,
            }
        }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn defect(&self) -> Defect {
        Defect { at: self.at, is_half: false, place: String::new() }
    }
}
