//! The arguments of a function, taken one by one from their JSON text.
//!
//! What is wrong is said in words that name the value and never show it.

use super::arguments::refusal;
use crate::error::{Error, Result};
use crate::json::{self, Object, Value};
use crate::secret::Secret;
use crate::text::printable_prefix;

/// What can be taken from an object of named values.
pub trait FromFields: Sized {
    /// Takes the values.
    ///
    /// # Errors
    /// `usage`, naming the value and what it should be.
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self>;
}

/// `true`, `false` or a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// `true` or `false`.
    Flag(bool),
    /// A text.
    Text(String),
}

/// An object of named values.
pub struct Fields<'a> {
    function: &'static str,
    /// The name of the object itself; empty for the whole.
    name: &'static str,
    object: Object<'a>,
}

impl<'a> Fields<'a> {
    /// Reads the arguments of a function.
    ///
    /// # Errors
    /// `usage` where the text is no object.
    pub(crate) fn read(function: &'static str, text: &'a str) -> Result<Self> {
        let value = json::read(text).map_err(|defect| {
            let what =
                if defect.is_half { "a text that is not whole: half of a surrogate pair" } else { "this is no JSON" };
            refusal(function, what, &printable_prefix(&defect.place, 200))
        })?;
        Self { function, name: "", object: Object::default() }.object_from(Some(value), "")
    }

    /// A text.
    ///
    /// # Errors
    /// `usage`, where it is missing or something else.
    pub fn text(&mut self, name: &'static str) -> Result<String> {
        match self.take(name)? {
            Some(Value::Text(text)) => Ok(text.into_owned()),
            None => Err(self.missing(name)),
            Some(_) => Err(self.expected("a string", name)),
        }
    }

    /// A text that may be a secret.
    ///
    /// # Errors
    /// `usage`, where it is missing or something else.
    pub fn secret(&mut self, name: &'static str) -> Result<Secret> {
        self.text(name).map(Secret::new)
    }

    /// A text, if there is one.
    ///
    /// # Errors
    /// `usage`, where it is missing or something else.
    pub fn optional_text(&mut self, name: &'static str) -> Result<Option<String>> {
        match self.take(name)? {
            Some(Value::Text(text)) => Ok(Some(text.into_owned())),
            None | Some(Value::Null) => Ok(None),
            Some(_) => Err(self.expected("a string", name)),
        }
    }

    /// Whether something holds, if it is said.
    ///
    /// # Errors
    /// `usage`, where it is missing or something else.
    pub fn optional_flag(&mut self, name: &'static str) -> Result<Option<bool>> {
        match self.take(name)? {
            Some(Value::Flag(flag)) => Ok(Some(flag)),
            None | Some(Value::Null) => Ok(None),
            Some(_) => Err(self.expected("a boolean", name)),
        }
    }

    /// A list of texts, if there is one.
    ///
    /// # Errors
    /// `usage`.
    pub fn optional_texts(&mut self, name: &'static str) -> Result<Option<Vec<String>>> {
        let values = match self.take(name)? {
            Some(Value::List(values)) => values,
            None | Some(Value::Null) => return Ok(None),
            Some(_) => return Err(self.expected("a list", name)),
        };
        let mut texts = Vec::with_capacity(values.len());
        for value in values {
            let Value::Text(text) = value else { return Err(self.expected("a list of strings", name)) };
            texts.push(text.into_owned());
        }
        Ok(Some(texts))
    }

    /// `true`, `false` or a text, if there is one of them.
    ///
    /// # Errors
    /// `usage`, saying that it should be `what`.
    pub fn optional_choice(&mut self, name: &'static str, what: &str) -> Result<Option<Choice>> {
        match self.take(name)? {
            Some(Value::Flag(flag)) => Ok(Some(Choice::Flag(flag))),
            Some(Value::Text(text)) => Ok(Some(Choice::Text(text.into_owned()))),
            None | Some(Value::Null) => Ok(None),
            Some(_) => Err(self.expected(what, name)),
        }
    }

    /// A number.
    pub(crate) fn number(&mut self, name: &'static str) -> Result<f64> {
        match self.take(name)? {
            Some(Value::Number(number)) => Ok(number.float()),
            None => Err(self.missing(name)),
            Some(_) => Err(self.expected("a number", name)),
        }
    }

    /// A whole number that is not negative, if there is one.
    ///
    /// # Errors
    /// `usage`, where it is missing or something else.
    pub fn optional_count(&mut self, name: &'static str) -> Result<Option<u64>> {
        match self.take(name)? {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Number(number)) if number.whole::<u64>().is_some() => Ok(number.whole()),
            Some(_) => Err(self.expected("a whole number that is not negative", name)),
        }
    }

    /// What is read from an object of its own.
    ///
    /// # Errors
    /// `usage`, where it is missing or something else.
    pub fn object<T: FromFields>(&mut self, name: &'static str) -> Result<T> {
        let value = self.take(name)?;
        T::from_fields(&mut self.object_from(value, name)?)
    }

    /// The same, if there is one.
    ///
    /// # Errors
    /// `usage`.
    pub fn nullable_object<T: FromFields>(&mut self, name: &'static str) -> Result<Option<T>> {
        match self.take(name)? {
            None | Some(Value::Null) => Ok(None),
            value => T::from_fields(&mut self.object_from(value, name)?).map(Some),
        }
    }

    /// The same; of an object that is missing nothing is read.
    pub(crate) fn optional_object<T: FromFields>(&mut self, name: &'static str) -> Result<T> {
        let value = self.take(name)?.unwrap_or_else(|| Value::Object(Object::default()));
        T::from_fields(&mut self.object_from(Some(value), name)?)
    }

    /// The error for a value that is not what it should be.
    pub fn expected(&self, what: &str, name: &str) -> Error {
        let dot = if self.name.is_empty() { "" } else { "." };
        refusal(self.function, &format!("expected {what}"), &format!("{}{dot}{name}", self.name))
    }

    /// Refuses values that were not taken: a name may be misspelt.
    pub(crate) fn finish(&self) -> Result<()> {
        match self.object.left() {
            Some(name) => {
                Err(refusal(self.function, &format!("unknown value `{}`", printable_prefix(name, 80)), self.name))
            }
            None => Ok(()),
        }
    }

    fn object_from(&self, value: Option<Value<'a>>, name: &'static str) -> Result<Self> {
        match value {
            Some(Value::Object(object)) => Ok(Self { function: self.function, name, object }),
            Some(_) => Err(self.expected("an object", name)),
            None => Err(self.missing(name)),
        }
    }

    fn take(&mut self, name: &'static str) -> Result<Option<Value<'a>>> {
        self.object.take(name).map_err(|json::Twice| self.expected("one value", name))
    }

    fn missing(&self, name: &str) -> Error {
        refusal(self.function, &format!("missing value `{name}`"), self.name)
    }
}
