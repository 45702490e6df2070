//! `rotatePullToken`.

use pulltoken_core::ttl::GoDuration;
use pulltoken_core::{Error, ErrorCode, Result, Timestamp, Ttl, Uidp};
use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize};

use super::cancellation::Wish;
use super::create::CreatedPullToken;
use crate::client::Client;
use crate::create::Warning;
use crate::host::Host;
use crate::tokens::{Fate, KeepOld};

/// Which pull token to replace, and what becomes of it.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "Rotation", optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct RotateArguments {
    /// The old token's identifier.
    pub id: String,
    /// How long the new one lives, a Go duration of at most 8760h; 720h if absent.
    pub ttl: Option<String>,
    /// How long the old one is kept, a Go duration such as `24h`, never beyond its own end; `true` leaves
    /// it to its own end, and without this it is deleted.
    #[cfg_attr(feature = "ts", ts(optional, type = "string | boolean"))]
    pub keep_old: Option<KeepInput>,
}

/// A duration, `true` or `false`.
#[derive(Debug)]
pub enum KeepInput {
    /// Left to its own end, or deleted.
    Flag(bool),
    /// For so long.
    Time(String),
}

impl<'de> Deserialize<'de> for KeepInput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Choice;
        impl Visitor<'_> for Choice {
            type Value = KeepInput;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a duration, true or false")
            }
            fn visit_bool<E: de::Error>(self, flag: bool) -> std::result::Result<KeepInput, E> {
                Ok(KeepInput::Flag(flag))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> std::result::Result<KeepInput, E> {
                Ok(KeepInput::Time(text.to_owned()))
            }
        }
        deserializer.deserialize_any(Choice)
    }
}

impl KeepInput {
    fn read(self) -> Result<KeepOld> {
        let text = match self {
            Self::Flag(true) => return Ok(KeepOld::Untouched),
            Self::Flag(false) => return Ok(KeepOld::No),
            Self::Time(text) => text,
        };
        let nanoseconds = GoDuration::parse(&text)?.nanoseconds();
        match u64::try_from(nanoseconds).map(|nanoseconds| nanoseconds.div_ceil(1_000_000_000)) {
            Ok(seconds) if seconds > 0 => Ok(KeepOld::Seconds(seconds)),
            _ => Err(Error::new(ErrorCode::TtlOutOfRange, "the old token cannot be kept for no time")
                .with_hint("leave `keepOld` out to delete it")),
        }
    }
}

/// What became of the token that another one replaces.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct ReplacedPullToken {
    /// Its identifier.
    pub id: String,
    /// Deleted; gone already, perhaps by another rotation; kept until its end; or still there against the
    /// wish.
    #[cfg_attr(feature = "ts", ts(type = "'deleted' | 'gone' | 'kept' | 'stuck'"))]
    pub state: &'static str,
    /// When a token that is kept ends.
    #[cfg_attr(feature = "ts", ts(type = "Date | null"))]
    pub until: Option<Timestamp>,
    /// Why it is still there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional, type = "PullTokenError"))]
    pub error: Option<Error>,
}

/// The result of `rotatePullToken`.
#[derive(Debug, Serialize)]
pub(super) struct Rotated {
    token: CreatedPullToken,
    replaced: ReplacedPullToken,
    warnings: Vec<Warning>,
}

pub(super) async fn rotate<H: Host>(client: &Client<H>, arguments: RotateArguments, wish: Wish) -> Result<Rotated> {
    let id = Uidp::parse(&arguments.id)?;
    let ttl = arguments.ttl.as_deref().map(Ttl::parse).transpose()?.unwrap_or_default();
    let keep = arguments.keep_old.map_or(Ok(KeepOld::No), KeepInput::read)?;
    let rotated = client.rotate_pull_token(&id, ttl, keep, wish).await?;
    let (state, until, error) = match rotated.old {
        Fate::Deleted => ("deleted", None, None),
        Fate::WasGone => ("gone", None, None),
        Fate::KeptUntil(end) => ("kept", end, None),
        Fate::Stuck(error) => ("stuck", None, Some(error)),
    };
    let replaced = ReplacedPullToken { id: arguments.id, state, until, error };
    let mut warnings = rotated.token.warnings.clone();
    if let Some(error) = &replaced.error {
        let message = format!("the new token works, but the old one, {id}, is still there: {}", error.message());
        warnings.push(Warning { code: "old_token_left", message });
    }
    Ok(Rotated { token: rotated.token.into(), replaced, warnings })
}
