//! `listPullTokens`.

use pulltoken_core::js::{Choice, Fields, FromFields};
use pulltoken_core::{Ecosystem, Error, ErrorCode, Result};
use serde::Serialize;

use crate::client::Client;
use crate::create::{Parent, Warning};
use crate::host::Host;
use crate::tokens::{ListFilter, PullTokenInfo, Which};

/// Which pull tokens to list.
#[derive(Debug)]
#[cfg_attr(
    feature = "ts",
    derive(ts_rs::TS),
    ts(rename = "PullTokenFilter", rename_all = "camelCase", optional_fields)
)]
pub struct ListArguments {
    /// Of this organisation, by name or identifier; of every one that the session sees, if absent.
    pub parent: Option<String>,
    /// That open this ecosystem.
    #[cfg_attr(feature = "ts", ts(optional, type = "AnyEcosystem"))]
    pub ecosystem: Option<String>,
    /// The valid ones if `false` or absent, the expired ones if `true`, or `"all"`.
    #[cfg_attr(feature = "ts", ts(optional, type = "boolean | 'all'"))]
    pub expired: Option<Which>,
    /// That expire within so many seconds.
    #[cfg_attr(feature = "ts", ts(optional, type = "number"))]
    pub expiring_within_seconds: Option<u64>,
}

impl FromFields for ListArguments {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self> {
        const EXPIRED: &str = "true, false or \"all\"";
        Ok(Self {
            parent: fields.optional_text("parent")?,
            ecosystem: fields.optional_text("ecosystem")?,
            expired: match fields.optional_choice("expired", EXPIRED)? {
                None => None,
                Some(Choice::Flag(false)) => Some(Which::Valid),
                Some(Choice::Flag(true)) => Some(Which::Expired),
                Some(Choice::Text(text)) if text == "all" => Some(Which::All),
                Some(Choice::Text(_)) => return Err(fields.expected(EXPIRED, "expired")),
            },
            expiring_within_seconds: fields.optional_count("expiringWithinSeconds")?,
        })
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
        which: arguments.expired.unwrap_or(Which::Valid),
        expiring_within_seconds: arguments
            .expiring_within_seconds
            .map(|seconds| i64::try_from(seconds).unwrap_or(i64::MAX)),
    };
    if filter.which == Which::Expired && filter.expiring_within_seconds.is_some() {
        return Err(Error::new(ErrorCode::Usage, "listPullTokens: what has expired does not expire any more")
            .with_hint("give `expired` or `expiringWithinSeconds`, not both"));
    }
    let listing = client.list_pull_tokens(&filter).await?;
    Ok(Listed { tokens: listing.tokens, warnings: listing.warnings })
}
