//! Descriptions of messages, from which JSON and queries are read and JSON is written.

/// A message type.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) fields: &'static [Field],
}

/// A field, by its name in the schema (snake case).
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) repeated: bool,
    /// Whether being unset differs from holding the zero value.
    pub(crate) presence: bool,
    /// The group of fields of which at most one is set.
    pub(crate) one_of: Option<&'static str>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Text,
    Bool,
    Int32,
    Int64,
    Timestamp,
    FieldMask,
    Enum(&'static Enum),
    Message(&'static Message),
    /// A map from text to text.
    TextMap,
}

/// An enum type: names with their numbers.
#[derive(Debug)]
pub(crate) struct Enum {
    pub(crate) values: &'static [(&'static str, i32)],
}

impl Field {
    pub(crate) const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, repeated: false, presence: false, one_of: None }
    }

    pub(crate) const fn text(name: &'static str) -> Self {
        Self::new(name, Kind::Text)
    }

    pub(crate) const fn repeated(self) -> Self {
        Self { repeated: true, ..self }
    }

    pub(crate) const fn optional(self) -> Self {
        Self { presence: true, ..self }
    }

    pub(crate) const fn one_of(self, group: &'static str) -> Self {
        Self { presence: true, one_of: Some(group), ..self }
    }

    /// The name in JSON: `issuer_keys` becomes `issuerKeys`.
    pub(crate) fn json_name(&self) -> String {
        let mut name = String::with_capacity(self.name.len());
        let mut upper = false;
        for letter in self.name.chars() {
            match letter {
                '_' => upper = true,
                _ if upper => {
                    name.extend(letter.to_uppercase());
                    upper = false;
                }
                _ => name.push(letter),
            }
        }
        name
    }
}

impl Message {
    /// The field of this name, in either spelling.
    pub(crate) fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name || field.json_name() == name)
    }
}

impl Enum {
    pub(crate) fn number(&self, name: &str) -> Option<i32> {
        self.values.iter().find(|(known, _)| *known == name).map(|(_, number)| *number)
    }

    pub(crate) fn name(&self, number: i64) -> Option<&'static str> {
        let known = self.values.iter().find(|(_, known)| i64::from(*known) == number);
        known.map(|(name, _)| *name)
    }
}
