//! Answers read by serde's derived code from values that are there already.
//!
//! serde_json would be quicker by a little, but has a parser and words for everything that can be wrong in
//! each type that is read: 21 KB of the WebAssembly module, for words that nobody sees.

use std::fmt;

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{self, DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use crate::json::{self, Value};

/// What a body says, if it is JSON of that shape.
pub(super) fn parsed<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    shaped(json::read(std::str::from_utf8(body).ok()?).ok()?)
}

/// What a value says, if it is of that shape.
pub(super) fn shaped<T: DeserializeOwned>(value: Value<'_>) -> Option<T> {
    T::deserialize(Of(value)).ok()
}

/// That the shape is another one.
#[derive(Debug)]
struct OtherShape;

impl fmt::Display for OtherShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("another shape")
    }
}

impl std::error::Error for OtherShape {}

// None of the words that these are given is written out.
impl de::Error for OtherShape {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
    fn invalid_type(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self
    }
    fn invalid_value(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self
    }
    fn invalid_length(_: usize, _: &dyn de::Expected) -> Self {
        Self
    }
    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }
    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }
    fn missing_field(_: &'static str) -> Self {
        Self
    }
    fn duplicate_field(_: &'static str) -> Self {
        Self
    }
}

/// A value, for serde.
struct Of<'de>(Value<'de>);

impl<'de> IntoDeserializer<'de, OtherShape> for Of<'de> {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Of<'de> {
    type Error = OtherShape;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, OtherShape> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Flag(flag) => visitor.visit_bool(flag),
            Value::Number(number) => match (number.whole::<u64>(), number.whole::<i64>()) {
                (Some(number), _) => visitor.visit_u64(number),
                (None, Some(number)) => visitor.visit_i64(number),
                (None, None) => visitor.visit_f64(number.float()),
            },
            Value::Text(text) => visitor.visit_string(text.into_owned()),
            Value::List(values) => visitor.visit_seq(SeqDeserializer::new(values.into_iter().map(Of))),
            Value::Object(members) => {
                let members = members.into_members().map(|(name, value)| (name, Of(value)));
                visitor.visit_map(MapDeserializer::new(members))
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, OtherShape> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, OtherShape> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use serde_json::json;

    #[test]
    fn a_body_is_read_as_serde_json_reads_it() {
        #[derive(Debug, PartialEq, Deserialize)]
        struct Shape {
            text: String,
            #[serde(default)]
            number: Option<i64>,
            #[serde(default)]
            list: Vec<(u8, bool)>,
        }
        for body in [
            r#"{"text":"a","number":-5,"list":[[1,true]],"unknown":{"a":[1.5,null]}}"#,
            r#"{"text":"gr\u00fc\u00dfe\n","number":null}"#,
            r#"{"number":1}"#,
            r#"{"text":5}"#,
            r#"{"text":"a","text":"b"}"#,
            r#"{"text":"a","number":1.5}"#,
            r#"{"text":"a","number":99999999999999999999}"#,
            r#"{"text":"\ud800"}"#,
            "[]",
            "{",
            "",
        ] {
            assert_eq!(parsed::<Shape>(body.as_bytes()), serde_json::from_str(body).ok(), "{body}");
        }
        assert_eq!(parsed::<Shape>(b"{\"text\":\"\xff\"}"), None);
        let any = json!({"a": [1, -2, 1.5, true, null, "x", {}], "b": {"c": u64::MAX}});
        assert_eq!(parsed::<serde_json::Value>(any.to_string().as_bytes()), Some(any));
    }
}
