//! JSON text read into values, and written again.
//!
//! Not with serde: of its visitors each type that is read has copies of its own, which would be a
//! good part of the smaller WebAssembly module.

mod reader;
#[cfg(test)]
mod tests;
mod writer;

pub(crate) use reader::read;

use std::borrow::Cow;

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
        // Far beyond what a float can hold, and far from where counting it up would overflow.
        let farthest = if exponent.starts_with('-') { -9999 } else { 9999 };
        let mut exponent = exponent.parse::<i32>().map_or(farthest, |exponent| exponent.clamp(-9999, 9999));
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

    /// The text of a name, if it is one and the only value of that name.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let mut values = self.0.iter().filter(|(known, _)| known == name);
        match (values.next(), values.next()) {
            (Some((_, Value::Text(text))), None) => Some(text),
            _ => None,
        }
    }

    /// Gives a name this value and no other.
    pub(crate) fn set(&mut self, name: &'static str, value: Value<'a>) {
        self.0.retain(|(known, _)| known != name);
        self.0.push((Cow::Borrowed(name), value));
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

impl Defect {
    fn within(mut self, name: &str) -> Self {
        if !self.place.is_empty() {
            self.place.insert(0, '.');
        }
        self.place.insert_str(0, name);
        self
    }
}
