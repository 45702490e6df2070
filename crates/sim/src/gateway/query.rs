//! Query parameters and form fields: dotted names in either spelling, unknown ones ignored, badly
//! typed ones refused.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::json::{mask_paths, typed};
use super::schema::{Field, Kind, Message};
use super::timestamp;
use crate::problem::Problem;

/// Reads a request message from pairs, without the fields that the path or the body hold.
pub(crate) fn read<T: DeserializeOwned>(
    message: &'static Message,
    pairs: &[(String, String)],
    elsewhere: &[&str],
) -> Result<T, Problem> {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in pairs {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let mut read = Map::new();
    for name in names {
        let values: Vec<&str> =
            pairs.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str()).collect();
        let path: Vec<&str> = name.split('.').collect();
        set(message, &path, &values, elsewhere, &mut read).map_err(|problem| problem.in_field(name))?;
    }
    typed(Value::Object(read))
}

fn set(
    message: &'static Message,
    path: &[&str],
    values: &[&str],
    elsewhere: &[&str],
    read: &mut Map<String, Value>,
) -> Result<(), Problem> {
    let Some((first, rest)) = path.split_first() else { return Ok(()) };
    let Some(field) = message.field(first) else { return Ok(()) };
    if elsewhere.contains(&field.name) {
        return Ok(());
    }
    if !rest.is_empty() {
        let Kind::Message(inner) = field.kind else {
            return Err(Problem::invalid(format!("invalid path: {first:?} is not a message")));
        };
        let slot = read.entry(field.name).or_insert_with(|| Value::Object(Map::new()));
        let Value::Object(slot) = slot else { return Ok(()) };
        return set(inner, rest, values, &[], slot);
    }
    let value = if field.repeated {
        let values = values.iter().map(|value| single(field, value));
        Value::Array(values.collect::<Result<_, _>>()?)
    } else {
        match values {
            [value] => single(field, value)?,
            _ => {
                return Err(Problem::invalid(format!(
                    "too many values for field {:?}: {}",
                    field.name,
                    values.join(", ")
                )));
            }
        }
    };
    read.insert(field.name.to_owned(), value);
    Ok(())
}

fn single(field: &Field, text: &str) -> Result<Value, Problem> {
    let invalid = || Problem::invalid(format!("{text:?} is not a valid value"));
    match field.kind {
        Kind::Text => Ok(Value::from(text)),
        Kind::Bool => match text {
            "1" | "t" | "T" | "TRUE" | "true" | "True" => Ok(Value::Bool(true)),
            "0" | "f" | "F" | "FALSE" | "false" | "False" => Ok(Value::Bool(false)),
            _ => Err(invalid()),
        },
        Kind::Int32 => text.parse::<i32>().map(Value::from).map_err(|_| invalid()),
        Kind::Int64 => text.parse::<i64>().map(Value::from).map_err(|_| invalid()),
        Kind::Timestamp => {
            timestamp::parse(text).map(|moment| Value::String(timestamp::format(moment))).ok_or_else(invalid)
        }
        Kind::FieldMask => Ok(mask_paths(text)),
        Kind::Enum(known) => {
            let number = known.number(text).or_else(|| text.parse::<i32>().ok());
            let number = number.filter(|number| known.name(i64::from(*number)).is_some());
            number.map(Value::from).ok_or_else(invalid)
        }
        Kind::Message(_) | Kind::TextMap => {
            Err(Problem::invalid(format!("field {:?} cannot be set in a query", field.name)))
        }
    }
}
