//! proto3 JSON: read strictly as to types, leniently as to names; written with or without what is
//! unset.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Number, Value};

use super::schema::{Field, Kind, Message};
use super::strict::Strict;
use super::timestamp;
use crate::problem::Problem;

/// Reads the first JSON value of a body; `None` for an empty body, which leaves the message unset.
pub(crate) fn body_value(body: &[u8]) -> Result<Option<Value>, Problem> {
    let mut values = serde_json::Deserializer::from_slice(body).into_iter::<Strict>();
    values
        .next()
        .map(|value| value.map(|Strict(value)| value))
        .transpose()
        .map_err(|error| Problem::invalid(format!("proto: syntax error: {error}")))
}

/// Reads a message of the body.
pub(crate) fn read<T: DeserializeOwned + Default>(message: &'static Message, body: &[u8]) -> Result<T, Problem> {
    match body_value(body)? {
        None => Ok(T::default()),
        Some(value) => typed(Value::Object(read_message(message, &value)?)),
    }
}

/// Turns what was read by the schema into the handler's type.
pub(crate) fn typed<T: DeserializeOwned>(value: Value) -> Result<T, Problem> {
    serde_json::from_value(value)
        .map_err(|error| Problem::internal(format!("the simulator misread a message: {error}")))
}

/// Reads a message into snake-case names, enum numbers and checked values. What is unset is absent.
fn read_message(message: &'static Message, value: &Value) -> Result<Map<String, Value>, Problem> {
    let Value::Object(object) = value else {
        return Err(unexpected("an object", value));
    };
    let mut read = Map::new();
    for (name, value) in object {
        // Unknown fields are discarded.
        let Some(field) = message.field(name) else { continue };
        if value.is_null() {
            continue;
        }
        if read.contains_key(field.name) {
            return Err(Problem::invalid(format!("proto: duplicate field {name:?}")));
        }
        let taken =
            |other: &Field| other.name != field.name && other.one_of == field.one_of && read.contains_key(other.name);
        if field.one_of.is_some() && message.fields.iter().any(taken) {
            return Err(Problem::invalid(format!(
                "proto: field {name:?} is one of several of which only one may be set"
            )));
        }
        if let Some(value) = read_field(field, value)? {
            read.insert(field.name.to_owned(), value);
        }
    }
    Ok(read)
}

fn read_field(field: &'static Field, value: &Value) -> Result<Option<Value>, Problem> {
    let wrong = |problem: Problem| problem.in_field(&field.json_name());
    if !field.repeated {
        return read_single(field.kind, value).map_err(wrong);
    }
    let Value::Array(items) = value else {
        return Err(wrong(unexpected("an array", value)));
    };
    let mut read = Vec::with_capacity(items.len());
    for item in items {
        read.extend(read_single(field.kind, item).map_err(wrong)?);
    }
    Ok(Some(Value::Array(read)))
}

/// Reads one value; `None` where it is an enum name that nobody knows, which is discarded.
fn read_single(kind: Kind, value: &Value) -> Result<Option<Value>, Problem> {
    let read = match kind {
        Kind::Text => match value {
            Value::String(_) => value.clone(),
            _ => return Err(unexpected("a string", value)),
        },
        Kind::Bool => match value {
            Value::Bool(_) => value.clone(),
            _ => return Err(unexpected("a boolean", value)),
        },
        Kind::Int32 => {
            let number = integer(value).ok_or_else(|| unexpected("an int32", value))?;
            i32::try_from(number).map_err(|_| unexpected("an int32", value))?.into()
        }
        Kind::Int64 => integer(value).ok_or_else(|| unexpected("an int64", value))?.into(),
        Kind::Timestamp => {
            let moment = value.as_str().and_then(timestamp::parse);
            moment
                .map(|moment| Value::String(timestamp::format(moment)))
                .ok_or_else(|| unexpected("a google.protobuf.Timestamp", value))?
        }
        Kind::FieldMask => {
            let text = value.as_str().ok_or_else(|| unexpected("a field mask", value))?;
            mask_paths(text)
        }
        Kind::Enum(known) => match value {
            Value::String(name) => return Ok(known.number(name).map(Value::from)),
            Value::Number(number) => {
                let number = number.as_i64().and_then(|number| i32::try_from(number).ok());
                number.ok_or_else(|| unexpected("an enum", value))?.into()
            }
            _ => return Err(unexpected("an enum", value)),
        },
        Kind::Message(message) => Value::Object(read_message(message, value)?),
        Kind::TextMap => match value {
            Value::Object(map) if map.values().all(Value::is_string) => value.clone(),
            _ => return Err(unexpected("a map from string to string", value)),
        },
    };
    Ok(Some(read))
}

/// A whole number, as a JSON number (`3`, `3.0`) or a string (`"3"`).
fn integer(value: &Value) -> Option<i64> {
    #[allow(clippy::cast_possible_truncation, clippy::float_cmp)]
    let whole = |number: &Number| {
        number.as_i64().or_else(|| {
            let float = number.as_f64()?;
            (float.fract() == 0.0 && float.abs() < 9e15).then_some(float as i64)
        })
    };
    match value {
        Value::Number(number) => whole(number),
        Value::String(text) if text.trim() == text => text.parse().ok(),
        _ => None,
    }
}

/// The paths of a field mask, in snake case.
pub(crate) fn mask_paths(text: &str) -> Value {
    let paths = text.split(',').filter(|path| !path.is_empty()).map(|path| {
        let mut snake = String::new();
        for letter in path.chars() {
            if letter.is_ascii_uppercase() {
                snake.push('_');
            }
            snake.push(letter.to_ascii_lowercase());
        }
        Value::String(snake)
    });
    Value::Array(paths.collect())
}

fn unexpected(wanted: &str, found: &Value) -> Problem {
    let kind = match found {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    Problem::invalid(format!("proto: invalid value: expected {wanted}, found {kind}"))
}

/// How answers are written.
#[derive(Clone, Copy)]
pub(crate) struct Style {
    /// Write unset fields as their zero value or null.
    pub(crate) unset: bool,
    /// Add a field that no client knows to every message.
    pub(crate) unknown: bool,
}

/// Writes a message. `value`'s serialised form has snake-case names and enum numbers.
pub(crate) fn write<T: Serialize>(message: &'static Message, value: &T, style: Style) -> Result<Value, Problem> {
    let value = serde_json::to_value(value)
        .map_err(|error| Problem::internal(format!("the simulator wrote nonsense: {error}")))?;
    Ok(write_message(message, value, style))
}

fn write_message(message: &'static Message, value: Value, style: Style) -> Value {
    let Value::Object(mut object) = value else { return value };
    let mut written = Map::new();
    for field in message.fields {
        let value = object.remove(field.name).unwrap_or(Value::Null);
        let unset = match &value {
            Value::Null => true,
            _ if field.presence => false,
            Value::Bool(set) => !set,
            Value::Number(number) => number.as_i64() == Some(0),
            Value::String(text) => text.is_empty(),
            Value::Array(items) => items.is_empty(),
            Value::Object(map) => matches!(field.kind, Kind::TextMap) && map.is_empty(),
        };
        let value = if !unset {
            write_field(field, value, style)
        } else if style.unset && !field.presence {
            zero(field)
        } else {
            continue;
        };
        written.insert(field.json_name(), value);
    }
    if style.unknown {
        written.insert("fieldOfTomorrow".to_owned(), serde_json::json!({"kind": "NEW", "n": 1}));
    }
    Value::Object(written)
}

fn write_field(field: &'static Field, value: Value, style: Style) -> Value {
    match value {
        Value::Array(items) if field.repeated => {
            items.into_iter().map(|item| write_single(field.kind, item, style)).collect()
        }
        value => write_single(field.kind, value, style),
    }
}

fn write_single(kind: Kind, value: Value, style: Style) -> Value {
    match kind {
        Kind::Message(message) => write_message(message, value, style),
        Kind::Enum(known) => match value.as_i64().and_then(|number| known.name(number)) {
            Some(name) => Value::from(name),
            None => value,
        },
        Kind::Int64 => match value.as_i64() {
            Some(number) => Value::String(number.to_string()),
            None => value,
        },
        _ => value,
    }
}

/// What an unset field looks like where unset fields are written.
fn zero(field: &Field) -> Value {
    if field.repeated {
        return Value::Array(Vec::new());
    }
    match field.kind {
        Kind::Text | Kind::FieldMask => Value::from(""),
        Kind::Bool => Value::Bool(false),
        Kind::Int32 => Value::from(0),
        Kind::Int64 => Value::from("0"),
        Kind::Enum(known) => known.name(0).map_or(Value::from(0), Value::from),
        Kind::TextMap => Value::Object(Map::new()),
        Kind::Timestamp | Kind::Message(_) => Value::Null,
    }
}
