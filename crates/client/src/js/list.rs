//! `listPullTokens`.

use pulltoken_core::{Ecosystem, Error, ErrorCode, Result};
use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::create::{Parent, Warning};
use crate::host::Host;
use crate::tokens::{ListFilter, PullTokenInfo, Which};

/// Which pull tokens to list.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "PullTokenFilter", optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct ListArguments {
    /// Of this organisation, by name or identifier; of every one that the session sees, if absent.
    pub parent: Option<String>,
    /// That open this ecosystem.
    #[cfg_attr(feature = "ts", ts(optional, type = "AnyEcosystem"))]
    pub ecosystem: Option<String>,
    /// The valid ones if `false` or absent, the expired ones if `true`, or `"all"`.
    #[cfg_attr(feature = "ts", ts(optional, type = "boolean | 'all'"))]
    pub expired: Option<ExpiredInput>,
    /// That expire within so many seconds.
    #[cfg_attr(feature = "ts", ts(optional, type = "number"))]
    pub expiring_within_seconds: Option<u32>,
}

/// `true`, `false` or `"all"`.
#[derive(Clone, Copy, Debug)]
pub struct ExpiredInput(Which);

impl<'de> Deserialize<'de> for ExpiredInput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Choice;
        impl Visitor<'_> for Choice {
            type Value = ExpiredInput;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("true, false or \"all\"")
            }
            fn visit_bool<E: de::Error>(self, expired: bool) -> std::result::Result<ExpiredInput, E> {
                Ok(ExpiredInput(if expired { Which::Expired } else { Which::Valid }))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> std::result::Result<ExpiredInput, E> {
                match text {
                    "all" => Ok(ExpiredInput(Which::All)),
                    _ => Err(E::invalid_value(de::Unexpected::Str(text), &self)),
                }
            }
        }
        deserializer.deserialize_any(Choice)
    }
}

/// The result of `listPullTokens`.
#[derive(Debug, Serialize)]
pub(super) struct Listed {
    tokens: Vec<PullTokenInfo>,
    warnings: Vec<Warning>,
}

pub(super) async fn list<H: Host>(client: &Client<H>, arguments: ListArguments) -> Result<Listed> {
    let filter = ListFilter {
        parent: arguments.parent.as_deref().map(Parent::parse),
        ecosystem: arguments.ecosystem.as_deref().map(Ecosystem::parse).transpose()?,
        which: arguments.expired.map_or(Which::Valid, |ExpiredInput(which)| which),
        expiring_within_seconds: arguments.expiring_within_seconds.map(i64::from),
    };
    if filter.which == Which::Expired && filter.expiring_within_seconds.is_some() {
        return Err(Error::new(ErrorCode::Usage, "listPullTokens: what has expired does not expire any more")
            .with_hint("give `expired` or `expiringWithinSeconds`, not both"));
    }
    let listing = client.list_pull_tokens(&filter).await?;
    Ok(Listed { tokens: listing.tokens, warnings: listing.warnings })
}
