//! `rotatePullToken`.

use pulltoken_core::js::{Choice, Fields, FromFields};
use pulltoken_core::ttl::GoDuration;
use pulltoken_core::{Error, ErrorCode, Result, Timestamp, Ttl, Uidp};
use serde::Serialize;

use super::cancellation::Wish;
use super::create::CreatedPullToken;
use crate::client::Client;
use crate::create::Warning;
use crate::host::Host;
use crate::tokens::{Fate, KeepOld};

/// Which pull token to replace, and what becomes of it.
#[derive(Debug)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "Rotation", rename_all = "camelCase", optional_fields))]
pub struct RotateArguments {
    /// The old token's identifier.
    pub id: String,
    /// How long the new one lives, a Go duration of at most 8760h; 720h if absent.
    pub ttl: Option<String>,
    /// How long the old one is kept, a Go duration such as `24h`, never beyond its own end; `true` leaves
    /// it to its own end, and without this it is deleted.
    #[cfg_attr(feature = "ts", ts(optional, type = "string | boolean"))]
    pub keep_old: Option<Choice>,
}

impl FromFields for RotateArguments {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self {
            id: fields.text("id")?,
            ttl: fields.optional_text("ttl")?,
            keep_old: fields.optional_choice("keepOld", "a duration, true or false")?,
        })
    }
}

fn keep(wanted: Option<Choice>) -> Result<KeepOld> {
    let text = match wanted {
        Some(Choice::Flag(true)) => return Ok(KeepOld::Untouched),
        None | Some(Choice::Flag(false)) => return Ok(KeepOld::No),
        Some(Choice::Text(text)) => text,
    };
    let nanoseconds = GoDuration::parse(&text)?.nanoseconds();
    match u64::try_from(nanoseconds).map(|nanoseconds| nanoseconds.div_ceil(1_000_000_000)) {
        Ok(seconds) if seconds > 0 => Ok(KeepOld::Seconds(seconds)),
        _ => Err(Error::new(ErrorCode::TtlOutOfRange, "the old token cannot be kept for no time")
            .with_hint("leave `keepOld` out to delete it")),
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
    let keep = keep(arguments.keep_old)?;
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
