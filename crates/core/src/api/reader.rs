//! Answers read part by part from values that are there already.
//!
//! Not with serde: of its visitors each type that is read has copies of its own, with words for everything that can
//! be wrong in it, which nobody would see.

use crate::json::{self, Object, Value};
use crate::timestamp::Timestamp;
use crate::uidp::Uidp;

/// That an answer is of another shape; its reader knows what to say of that.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct OtherShape;

/// What is read, or that it cannot be.
pub(super) type Read<T> = Result<T, OtherShape>;

/// What a whole answer, or an item of a list, is read as.
pub(super) trait Shape: Sized {
    /// Reads it.
    fn shaped(value: Value<'_>) -> Read<Self>;
}

/// What the members of an object are read as.
pub(super) trait Message: Sized {
    /// Reads those that are known, and passes over all others.
    fn of(parts: &mut Parts<'_>) -> Read<Self>;
}

impl Shape for bool {
    fn shaped(value: Value<'_>) -> Read<Self> {
        match value {
            Value::Flag(flag) => Ok(flag),
            _ => Err(OtherShape),
        }
    }
}

impl Shape for String {
    fn shaped(value: Value<'_>) -> Read<Self> {
        match value {
            Value::Text(text) => Ok(text.into_owned()),
            _ => Err(OtherShape),
        }
    }
}

impl<T: Message> Shape for T {
    fn shaped(value: Value<'_>) -> Read<Self> {
        match value {
            Value::Object(members) => T::of(&mut Parts(members)),
            _ => Err(OtherShape),
        }
    }
}

/// What a body says, if it is JSON of that shape.
pub(super) fn parsed<T: Shape>(body: &[u8]) -> Option<T> {
    T::shaped(json::read(std::str::from_utf8(body).ok()?).ok()?).ok()
}

/// The members of an object that are not read yet. A member has one name, or several that servers of different
/// versions give it. One that proto3 JSON may leave out, write as `null` or write with its zero value is the same in
/// all three cases.
pub(super) struct Parts<'a>(Object<'a>);

impl<'a> Parts<'a> {
    /// A member as it stands; `Null` where there is none.
    ///
    /// # Errors
    /// It is there twice, so that nobody can say which one counts.
    pub(super) fn value(&mut self, names: &[&str]) -> Read<Value<'a>> {
        let mut found = None;
        for name in names {
            let value = self.0.take(name).map_err(|_| OtherShape)?;
            if value.is_some() && std::mem::replace(&mut found, value).is_some() {
                return Err(OtherShape);
            }
        }
        Ok(found.unwrap_or(Value::Null))
    }

    pub(super) fn text(&mut self, names: &[&str]) -> Read<String> {
        match self.value(names)? {
            Value::Null => Ok(String::new()),
            value => Shape::shaped(value),
        }
    }

    /// A text without which there is nothing to be read.
    pub(super) fn needed_text(&mut self, names: &[&str]) -> Read<String> {
        Shape::shaped(self.value(names)?)
    }

    /// An identifier without which there is nothing to be read.
    pub(super) fn needed_id(&mut self, names: &[&str]) -> Read<Uidp> {
        Uidp::parse(&self.needed_text(names)?).map_err(|_| OtherShape)
    }

    pub(super) fn texts(&mut self, names: &[&str]) -> Read<Vec<String>> {
        self.list(names)
    }

    pub(super) fn moment(&mut self, names: &[&str]) -> Read<Option<Timestamp>> {
        match self.value(names)? {
            Value::Null => Ok(None),
            Value::Text(text) => Timestamp::parse(&text).map(Some).map_err(|_| OtherShape),
            _ => Err(OtherShape),
        }
    }

    /// A whole number of 32 bits.
    pub(super) fn whole(&mut self, names: &[&str]) -> Read<u32> {
        match self.value(names)? {
            Value::Null => Ok(0),
            Value::Number(number) => number.whole().ok_or(OtherShape),
            _ => Err(OtherShape),
        }
    }

    /// Another message.
    pub(super) fn message<T: Message>(&mut self, names: &[&str]) -> Read<Option<T>> {
        match self.value(names)? {
            Value::Null => Ok(None),
            value => Shape::shaped(value).map(Some),
        }
    }

    /// A list of messages, or of what is read by itself.
    pub(super) fn list<T: Shape>(&mut self, names: &[&str]) -> Read<Vec<T>> {
        match self.value(names)? {
            Value::Null => Ok(Vec::new()),
            Value::List(values) => values.into_iter().map(T::shaped).collect(),
            _ => Err(OtherShape),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq)]
    struct All {
        id: String,
        text: String,
        texts: Vec<String>,
        moment: Option<i64>,
        number: u32,
        inner: Option<Inner>,
        list: Vec<Inner>,
    }

    #[derive(Debug, PartialEq)]
    struct Inner(String);

    impl Message for All {
        fn of(parts: &mut Parts<'_>) -> Read<Self> {
            Ok(Self {
                id: parts.needed_text(&["uid", "id"])?,
                text: parts.text(&["text"])?,
                texts: parts.texts(&["texts"])?,
                moment: parts.moment(&["moment"])?.map(Timestamp::unix_seconds),
                number: parts.whole(&["number"])?,
                inner: parts.message(&["inner"])?,
                list: parts.list(&["list"])?,
            })
        }
    }

    impl Message for Inner {
        fn of(parts: &mut Parts<'_>) -> Read<Self> {
            Ok(Self(parts.text(&["a"])?))
        }
    }

    fn read(body: &str) -> Option<All> {
        parsed(body.as_bytes())
    }

    #[test]
    fn what_is_left_out_is_null_or_zero() {
        let zero = read(r#"{"id":""}"#).unwrap();
        let nothing = All {
            id: String::new(),
            text: String::new(),
            texts: vec![],
            moment: None,
            number: 0,
            inner: None,
            list: vec![],
        };
        assert_eq!(zero, nothing);
        let null =
            r#"{"uid":"","text":null,"texts":null,"moment":null,"number":null,"inner":null,"list":null,"more":[{}]}"#;
        assert_eq!(read(null), Some(zero));
        let inner = |text: &str| Inner(text.to_owned());
        assert_eq!(
            read(
                r#"{"uid":"\u00fc","text":"a","texts":["b",""],"moment":"1970-01-01T00:00:07Z","number":5,
                    "inner":{"a":"c","b":1},"list":[{"a":"d"},{}]}"#
            ),
            Some(All {
                id: "\u{fc}".to_owned(),
                text: "a".to_owned(),
                texts: vec!["b".to_owned(), String::new()],
                moment: Some(7),
                number: 5,
                inner: Some(inner("c")),
                list: vec![inner("d"), inner("")],
            })
        );
    }

    #[test]
    fn another_shape_is_not_read() {
        for body in [
            "{}",
            "[]",
            "null",
            "",
            "{",
            r#"{"id":null}"#,
            r#"{"id":5}"#,
            r#"{"id":"","uid":""}"#,
            r#"{"id":"","id":""}"#,
            r#"{"id":"","text":"","text":""}"#,
            r#"{"id":"","text":{}}"#,
            r#"{"id":"","texts":"a"}"#,
            r#"{"id":"","texts":[null]}"#,
            r#"{"id":"","moment":"today"}"#,
            r#"{"id":"","moment":0}"#,
            r#"{"id":"","number":-1}"#,
            r#"{"id":"","number":1.5}"#,
            r#"{"id":"","number":4294967296}"#,
            r#"{"id":"","number":"1"}"#,
            r#"{"id":"","inner":[]}"#,
            r#"{"id":"","list":{}}"#,
            r#"{"id":"","list":[null]}"#,
        ] {
            assert_eq!(read(body), None, "{body}");
        }
        assert_eq!(parsed::<All>(b"{\"id\":\"\xff\"}"), None);
    }
}
