//! Durations, identifiers, names and descriptions.

use serde::Serialize;

use super::arguments::Text;
use crate::error::Result;
use crate::names::{Description, Name};
use crate::ttl::Ttl;
use crate::uidp::Uidp;

/// A time to live.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TtlInfo {
    /// Whole seconds.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub seconds: u64,
    /// What the whole seconds leave, 0 to 999999999.
    pub nanoseconds: u32,
    /// The duration as Go writes it, such as `720h0m0s`.
    pub text: String,
}

pub(super) fn parse_ttl(arguments: Text) -> Result<TtlInfo> {
    let ttl = Ttl::parse(&arguments.text)?;
    Ok(TtlInfo { seconds: ttl.seconds(), nanoseconds: ttl.nanoseconds(), text: ttl.to_string() })
}

/// An identifier and its family.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct UidpInfo {
    /// The identifier itself.
    pub id: String,
    /// The organisation or person at the top.
    pub root: String,
    /// What contains it; `/` for a root.
    pub parent: String,
}

pub(super) fn parse_uidp(arguments: Text) -> Result<UidpInfo> {
    let id = Uidp::parse(&arguments.text)?;
    Ok(UidpInfo {
        root: id.root().to_string(),
        parent: id.parent().map_or_else(|| "/".to_owned(), |parent| parent.to_string()),
        id: id.to_string(),
    })
}

pub(super) fn validate_name(arguments: Text) -> Result<()> {
    Name::parse(&arguments.text).map(drop)
}

pub(super) fn validate_description(arguments: Text) -> Result<()> {
    Description::parse(&arguments.text).map(drop)
}
