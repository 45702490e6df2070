//! `/libraries/v1/entitlements`: which ecosystems an organisation may pull.

use serde::{Serialize, Serializer};

use super::reader::{Message, OtherShape, Parts, Read};
use super::{Caller, items, problem, read};
use crate::ecosystem::Ecosystem;
use crate::error::{Error, ErrorCode, Result};
use crate::http::{Method, Request, Response};
use crate::json::Value;
use crate::uidp::Uidp;

/// The longest cool-down that the platform takes, in days.
pub const COOLDOWN_LIMIT: u32 = 3_650;

/// An ecosystem that an organisation is entitled to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename_all = "camelCase"))]
#[serde(rename_all = "camelCase")]
pub struct Entitlement {
    /// The identifier.
    pub id: String,
    /// The enum's name, or its number from a server newer than its own names.
    #[cfg_attr(feature = "ts", ts(type = "string | number | null"))]
    pub ecosystem: EnumValue,
    /// Which packages: `POLICY_CHAINGUARD` or `POLICY_CHAINGUARD_AND_UPSTREAM`.
    #[cfg_attr(feature = "ts", ts(type = "string | number | null"))]
    pub policy: EnumValue,
    /// How it came about: `SOURCE_TRIAL` or `SOURCE_SFDC`.
    #[cfg_attr(feature = "ts", ts(type = "string | number | null"))]
    pub source: EnumValue,
    /// Days that an upstream version must have been out before it is served.
    pub cooldown_days: u32,
}

/// Which packages an entitlement serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// The vendor's own builds alone.
    Chainguard,
    /// Those, and after a cool-down what upstream publishes.
    ChainguardAndUpstream,
}

impl Policy {
    /// The enum's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Chainguard => "POLICY_CHAINGUARD",
            Self::ChainguardAndUpstream => "POLICY_CHAINGUARD_AND_UPSTREAM",
        }
    }

    /// Reads a name, with or without `POLICY_`, whatever its letter case.
    ///
    /// # Errors
    /// `usage`.
    pub fn parse(text: &str) -> Result<Self> {
        let wanted = text.to_ascii_uppercase().replace('-', "_");
        [Self::Chainguard, Self::ChainguardAndUpstream]
            .into_iter()
            .find(|policy| policy.as_str().trim_start_matches("POLICY_") == wanted.trim_start_matches("POLICY_"))
            .ok_or_else(|| {
                let shown = crate::text::printable_prefix(text, 40);
                Error::new(ErrorCode::Usage, format!("`{shown}` is not a policy"))
                    .with_hint("use POLICY_CHAINGUARD or POLICY_CHAINGUARD_AND_UPSTREAM")
            })
    }
}

/// A proto3 JSON enum: a name, or the number of a value without one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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

    fn of(value: Value<'_>) -> Read<Self> {
        match value {
            Value::Null => Ok(Self::Unset),
            Value::Text(name) => Ok(Self::Name(name.into_owned())),
            Value::Number(number) => number.whole().map(Self::Number).ok_or(OtherShape),
            _ => Err(OtherShape),
        }
    }
}

impl Message for Entitlement {
    fn of(parts: &mut Parts<'_>) -> Read<Self> {
        Ok(Self {
            id: parts.text(&["id"])?,
            ecosystem: EnumValue::of(parts.value(&["ecosystem"])?)?,
            policy: EnumValue::of(parts.value(&["policy"])?)?,
            source: EnumValue::of(parts.value(&["source"])?)?,
            cooldown_days: parts.whole(&["cooldownDays"])?,
        })
    }
}

impl Serialize for EnumValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Self::Name(name) => serializer.serialize_str(name),
            Self::Number(number) => serializer.serialize_i64(*number),
            Self::Unset => serializer.serialize_none(),
        }
    }
}

/// Text for people: the name, the bare number, or nothing.
impl std::fmt::Display for EnumValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Name(name) => f.write_str(&crate::text::printable(name)),
            Self::Number(number) => number.fmt(f),
            Self::Unset => Ok(()),
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
    items(response, "list the entitlements")
}

/// Asks to entitle an organisation to an ecosystem. The body is the bare number of the enum, since
/// the mapping's body is that one field; everything else goes into the query.
///
/// # Errors
/// `usage` for an ecosystem whose number is not published, and for a cool-down over ten years.
pub fn create(
    caller: &Caller,
    parent: &Uidp,
    ecosystem: Ecosystem,
    policy: Option<Policy>,
    cooldown_days: Option<u32>,
) -> Result<Request> {
    let Some(number) = ecosystem.entitlement_number() else {
        let message = format!("an entitlement for {ecosystem} cannot be created here: its number is not published");
        return Err(Error::new(ErrorCode::Usage, message).with_hint("ask the vendor for it"));
    };
    if cooldown_days.is_some_and(|days| days > COOLDOWN_LIMIT) {
        return Err(Error::new(ErrorCode::Usage, format!("a cool-down has at most {COOLDOWN_LIMIT} days")));
    }
    let days = cooldown_days.map(|days| days.to_string());
    let mut query = Vec::new();
    query.extend(policy.map(|policy| ("policy", policy.as_str())));
    query.extend(days.as_deref().map(|days| ("cooldown_days", days)));
    let mut request = caller.get(&format!("/libraries/v1/entitlements/{parent}"), &query);
    request.method = Method::Post;
    Ok(request.with_json(&number))
}

/// Reads the entitlement made.
///
/// # Errors
/// What the platform refused with.
pub fn parse_created(response: &Response) -> Result<Entitlement> {
    read(response, "create the entitlement")
}

/// Asks to take an entitlement away.
pub fn delete(caller: &Caller, id: &Uidp) -> Request {
    caller.request(Method::Delete, &format!("/libraries/v1/entitlements/{id}"))
}

/// Reads the answer to a deletion.
///
/// # Errors
/// What the platform refused with.
pub fn parse_deleted(response: &Response) -> Result<()> {
    match response.status {
        200..300 => Ok(()),
        _ => Err(problem::error(response, "delete the entitlement")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{ORG, answer, body_of, caller};
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

    #[test]
    fn a_new_one_is_a_bare_number() {
        let org = Uidp::parse(ORG).unwrap();
        let request =
            create(&caller(), &org, Ecosystem::Go, Some(Policy::parse("chainguard").unwrap()), Some(3)).unwrap();
        assert_eq!(
            request.url,
            format!("https://api.test/libraries/v1/entitlements/{ORG}?policy=POLICY_CHAINGUARD&cooldown_days=3")
        );
        assert_eq!((request.method, body_of(&request)), (Method::Post, json!(9)));
        assert_eq!(create(&caller(), &org, Ecosystem::Ruby, None, None).unwrap_err().code(), ErrorCode::Usage);
        assert_eq!(create(&caller(), &org, Ecosystem::Go, None, Some(3_651)).unwrap_err().code(), ErrorCode::Usage);
        assert!(Policy::parse("all").is_err());
        let made = parse_created(&answer(
            200,
            &json!({"id": "x", "ecosystem": "GO", "policy": "POLICY_CHAINGUARD", "cooldownDays": 3}),
        ))
        .unwrap();
        assert_eq!(
            serde_json::to_value(made).unwrap(),
            json!({"id": "x", "ecosystem": "GO", "policy": "POLICY_CHAINGUARD", "source": null, "cooldownDays": 3})
        );
    }
}
