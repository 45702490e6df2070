//! `deleteExpiredPullTokens`.

use pulltoken_core::js::{Fields, FromFields};
use pulltoken_core::{Error, Result, Timestamp, Uidp};
use serde::Serialize;
use wildmatch::WildMatch;

use super::cancellation::Wish;
use super::connection::{READING, stoppable};
use super::create::parent;
use super::listener::{Listener, tell};
use crate::client::Client;
use crate::host::Host;
use crate::tokens::{PullTokenInfo, SweepFilter};

/// Which of the expired pull tokens to delete.
#[derive(Debug)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "SweepFilter", rename_all = "camelCase", optional_fields))]
pub struct SweepArguments {
    /// The organisation, by name or identifier.
    pub parent: String,
    /// Those whose name fits; `*` and `?` stand for anything.
    pub name: Option<String>,
    /// Those that nobody has used since.
    #[cfg_attr(feature = "ts", ts(optional, type = "Date"))]
    pub unused_since: Option<Timestamp>,
    /// Whether only to say which they are.
    pub dry_run: Option<bool>,
}

impl FromFields for SweepArguments {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self {
            parent: fields.text("parent")?,
            name: fields.optional_text("name")?,
            unused_since: fields.optional_text("unusedSince")?.as_deref().map(Timestamp::parse).transpose()?,
            dry_run: fields.optional_flag("dryRun")?,
        })
    }
}

/// How far a sweep is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "SweepProgress"))]
pub struct Progress {
    /// Tokens deleted or tried in vain.
    pub done: u32,
    /// Tokens found.
    pub total: u32,
}

/// How a sweep went.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SweepReport {
    /// The expired tokens that were found.
    pub found: Vec<PullTokenInfo>,
    /// Those that are gone now.
    #[cfg_attr(feature = "ts", ts(type = "string[]"))]
    pub deleted: Vec<Uidp>,
    /// Those that could not be deleted, and why.
    #[cfg_attr(feature = "ts", ts(type = "{ id: string; error: PullTokenError }[]"))]
    pub failed: Vec<FailedDeletion>,
    /// Those that are left, since it was only to say which they are, or was stopped.
    #[cfg_attr(feature = "ts", ts(type = "string[]"))]
    pub left: Vec<Uidp>,
    /// Why it stopped; becomes the error that is thrown.
    #[cfg_attr(feature = "ts", ts(skip))]
    pub stopped: Option<Error>,
}

/// A token that could not be deleted.
#[derive(Debug, Serialize)]
pub struct FailedDeletion {
    id: Uidp,
    error: Error,
}

pub(super) async fn sweep<H: Host>(
    client: &Client<H>,
    arguments: SweepArguments,
    mut wish: Wish,
    told: &mut Listener<'_>,
) -> Result<SweepReport> {
    let pattern = arguments.name.as_deref().map(WildMatch::new);
    let filter = SweepFilter {
        parent: parent(Some(&arguments.parent)),
        name: &|name| pattern.as_ref().is_none_or(|pattern| pattern.matches(name)),
        unused_since: arguments.unused_since,
    };
    let found = stoppable(&mut wish, READING, Box::pin(client.expired_pull_tokens(&filter))).await?;
    if arguments.dry_run.unwrap_or(false) {
        let left = found.iter().map(|token| token.id.clone()).collect();
        return Ok(SweepReport { found, deleted: Vec::new(), failed: Vec::new(), left, stopped: None });
    }
    let total = found.len();
    let count = |number| u32::try_from(number).unwrap_or(u32::MAX);
    let sweep =
        client.sweep_until(&found, |done| tell(told, &Progress { done: count(done), total: count(total) }), wish).await;
    let failed = sweep.failed.into_iter().map(|one| FailedDeletion { id: one.id, error: one.error }).collect();
    let stopped = sweep.stopped.map(|why| {
        let message =
            format!("{} ({} of {total} deleted, {} left)", why.message(), sweep.deleted.len(), sweep.left.len());
        why.with_message(message)
    });
    Ok(SweepReport { found, deleted: sweep.deleted, failed, left: sweep.left, stopped })
}
