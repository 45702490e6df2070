//! `GET /libraries/v1/entitlements`: which ecosystems an organisation may pull.

use serde::Deserialize;

use super::{Caller, Items, read, unset};
use crate::error::Result;
use crate::http::{Request, Response};
use crate::uidp::Uidp;

/// An ecosystem that an organisation is entitled to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Entitlement {
    /// The identifier.
    #[serde(default, deserialize_with = "unset")]
    pub id: String,
    /// The enum's name, or its number from a server newer than its own names.
    #[serde(default)]
    pub ecosystem: EnumValue,
}

/// A proto3 JSON enum: a name, or the number of a value without one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum EnumValue {
    /// Such as `JAVASCRIPT`.
    Name(String),
    /// Such as `3`.
    Number(i64),
    /// Left out or null.
    #[default]
    Unset,
}

impl EnumValue {
    /// Whether this is the value of that name and, if known, number.
    pub fn is(&self, name: &str, number: Option<u32>) -> bool {
        match self {
            Self::Name(own) => own == name,
            Self::Number(own) => number.is_some_and(|number| i64::from(number) == *own),
            Self::Unset => false,
        }
    }
}

/// Asks for the entitlements of an organisation.
pub fn list(caller: &Caller, parent: &Uidp) -> Request {
    caller.get("/libraries/v1/entitlements", &[("parent_id", parent.as_str())])
}

/// Reads a list of entitlements.
///
/// # Errors
/// What the platform refused with.
pub fn parse(response: &Response) -> Result<Vec<Entitlement>> {
    read::<Items<Entitlement>>(response, "list the entitlements").map(|list| list.items)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{ORG, answer, caller};
    use super::*;
    use serde_json::json;

    #[test]
    fn unknown_values_do_not_break_the_list() {
        let org = Uidp::parse(ORG).unwrap();
        assert_eq!(list(&caller(), &org).url, format!("https://api.test/libraries/v1/entitlements?parent_id={ORG}"));
        let list = parse(&answer(200, &json!({"items": [{"ecosystem": "JAVASCRIPT"}, {"ecosystem": 3}, {"ecosystem": "COBOL"}, {"ecosystem": 99}, {}]}))).unwrap();
        let held: Vec<_> = list.iter().map(|item| item.ecosystem.is("JAVASCRIPT", Some(3))).collect();
        assert_eq!(held, [true, true, false, false, false]);
    }
}
