//! JSON text read into values.
//!
//! Not with serde: of its visitors each type that is read has copies of its own, which would be a
//! good part of the smaller WebAssembly module.

use std::borrow::Cow;

use zeroize::Zeroizing;

/// Deeper texts are refused before they use up the stack.
const DEEPEST: usize = 128;

/// A value; its texts are parts of the text that was read, where nothing in them is escaped.
#[derive(Debug)]
pub(crate) enum Value<'a> {
    Null,
    Flag(bool),
    Number(Number<'a>),
    Text(Cow<'a, str>),
    List(Vec<Value<'a>>),
    Object(Object<'a>),
}

/// A number as it is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Number<'a>(&'a str);

/// The members of an object.
#[derive(Debug, Default)]
pub(crate) struct Object<'a>(Vec<(Cow<'a, str>, Value<'a>)>);

/// A name that occurs twice in an object, so that nobody can say which value counts.
#[derive(Debug)]
pub(crate) struct Twice;

/// Why a text is no JSON.
#[derive(Debug)]
pub(crate) struct Defect {
    /// Where, in bytes.
    pub(crate) at: usize,
    /// Whether a text in it holds half of a surrogate pair, which JavaScript's strings may.
    pub(crate) is_half: bool,
    /// The names that lead to it, such as `options.ecosystem`.
    pub(crate) place: String,
}

impl Number<'_> {
    /// A whole number that fits.
    pub(crate) fn whole<T: std::str::FromStr>(self) -> Option<T> {
        self.0.parse().ok()
    }

    /// The number to fifteen digits or better; infinite where it is too large.
    pub(crate) fn float(self) -> f64 {
        let (digits, exponent) = self.0.split_once(['e', 'E']).unwrap_or((self.0, "0"));
        let mut mantissa: u64 = 0;
        let mut exponent: i32 = exponent.parse().unwrap_or(if exponent.starts_with('-') { -9999 } else { 9999 });
        let mut fraction = 0;
        for byte in digits.bytes() {
            match byte {
                b'0'..=b'9' if mantissa < u64::MAX / 16 => {
                    mantissa = mantissa * 10 + u64::from(byte - b'0');
                    exponent -= fraction;
                }
                // What goes beyond is counted, not kept.
                b'0'..=b'9' => exponent += 1 - fraction,
                b'.' => fraction = 1,
                _ => {}
            }
        }
        // A power of ten is exact for long enough, and so is one division by it.
        let scale = (0..exponent.unsigned_abs().min(400)).fold(1.0, |scale: f64, _| scale * 10.0);
        let value = match mantissa {
            0 => 0.0,
            _ if exponent < 0 => mantissa as f64 / scale,
            _ => mantissa as f64 * scale,
        };
        if digits.starts_with('-') { -value } else { value }
    }
}

impl<'a> Object<'a> {
    /// Takes out the value of a name, if it is there.
    pub(crate) fn take(&mut self, name: &str) -> Result<Option<Value<'a>>, Twice> {
        let mut found = None;
        while let Some(at) = self.0.iter().position(|(known, _)| known == name) {
            if found.replace(self.0.swap_remove(at).1).is_some() {
                return Err(Twice);
            }
        }
        Ok(found)
    }

    /// All of them.
    pub(crate) fn into_members(self) -> impl Iterator<Item = (Cow<'a, str>, Value<'a>)> {
        self.0.into_iter()
    }

    /// The name of a value that nobody took, if there is one.
    pub(crate) fn left(&self) -> Option<&str> {
        self.0.first().map(|(name, _)| &**name)
    }
}

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

impl Defect {
    fn within(mut self, name: &str) -> Self {
        if !self.place.is_empty() {
            self.place.insert(0, '.');
        }
        self.place.insert_str(0, name);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What serde_json makes of the same text.
    fn same(value: &Value<'_>, other: &serde_json::Value) -> bool {
        match (value, other) {
            (Value::Null, serde_json::Value::Null) => true,
            (Value::Flag(flag), serde_json::Value::Bool(other)) => flag == other,
            (Value::Number(number), serde_json::Value::Number(other)) => {
                let (one, two) = (number.float(), other.as_f64().unwrap());
                other.as_i64().is_none_or(|whole| number.whole() == Some(whole))
                    && (one == two || ((one - two) / two).abs() < 1e-15)
            }
            (Value::Text(text), serde_json::Value::String(other)) => text == other,
            (Value::List(list), serde_json::Value::Array(other)) => {
                list.len() == other.len() && list.iter().zip(other).all(|(one, two)| same(one, two))
            }
            (Value::Object(Object(members)), serde_json::Value::Object(other)) => {
                members.iter().all(|(name, value)| other.get(&**name).is_some_and(|other| same(value, other)))
            }
            _ => false,
        }
    }

    #[test]
    fn values_are_read_as_serde_json_reads_them() {
        for text in [
            "null",
            " true\n",
            "[]",
            "[ ]",
            "{}",
            "{ }",
            "0",
            "-0",
            "-1",
            "1.5",
            "0.1",
            "1e3",
            "1E-2",
            "12.5e+10",
            "1780272000000.25",
            "18446744073709551616",
            "123456789012345678901234567890",
            "1e-400",
            "9e99999999999",
            "\"\"",
            "\"a\"",
            "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
            "\"a\\u00e4\\ud83d\\ude00ö\"",
            "[1,\"a\",[null],{\"b\":{}}]",
            "{\"a\":1,\"b\":[true,false]}",
            "\t{\"a\\n\" : 1 , \"\" : \"x\"}\r\n",
            "\"\u{7f}\u{2028}\"",
            // Not JSON.
            "",
            " ",
            "nul",
            "nulll",
            "[",
            "[1",
            "[1,",
            "[1,]",
            "[,1]",
            "[1 2]",
            "{",
            "{\"a\"",
            "{\"a\":",
            "{\"a\":1,}",
            "{a:1}",
            "{1:1}",
            "{\"a\" 1}",
            "\"",
            "\"a",
            "\"\n\"",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\\u+123\"",
            "\"\\ud800\"",
            "\"\\ud800\\n\"",
            "\"\\udc00\"",
            "\"\\ud800\\ud800\"",
            "01",
            "1.",
            ".5",
            "+1",
            "-",
            "1e",
            "1e+",
            "1 1",
            "'a'",
            "\u{feff}1",
            "tru",
            "\u{b}1",
            "{\"a\":1}}",
            "// x\n1",
        ] {
            match (read(text), serde_json::from_str::<serde_json::Value>(text)) {
                (Ok(value), Ok(other)) => assert!(same(&value, &other), "{text}: {value:?}"),
                // It refuses what f64 cannot hold.
                (Ok(Value::Number(number)), Err(_)) => assert!(number.float().is_infinite(), "{text}"),
                (one, two) => assert!(one.is_err() && two.is_err(), "{text}: {one:?} {two:?}"),
            }
        }
        for depth in [127, 128, 129] {
            let text = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
            assert_eq!(read(&text).is_ok(), depth <= DEEPEST, "{depth}");
        }
    }

    #[test]
    fn a_name_may_not_occur_twice() {
        let Ok(Value::Object(mut object)) = read(r#"{"a":1,"b":2,"\u0061":3,"c":4}"#) else { panic!() };
        assert!(object.take("a").is_err());
        assert!(matches!(object.take("b"), Ok(Some(Value::Number(_)))));
        assert!(matches!(object.take("b"), Ok(None)));
        assert_eq!(object.left(), Some("c"));
    }

    #[test]
    fn a_defect_has_a_place() {
        let Err(Defect { at, is_half, place }) = read(r#"{"a":{"b":["\ud800"]}}"#) else { panic!() };
        assert_eq!((at, is_half, place.as_str()), (18, true, "a.b"));
        let Err(Defect { at, is_half, place }) = read(r#"{"a": hunter2}"#) else { panic!() };
        assert_eq!((at, is_half, place.as_str()), (6, false, "a"));
    }
}
