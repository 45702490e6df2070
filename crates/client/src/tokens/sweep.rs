//! Deleting every expired pull token of an organisation.

use futures_util::stream::{self, StreamExt as _};
use pulltoken_core::{Error, ErrorCode, Result, Timestamp, Uidp};

use super::list::{ListFilter, PullTokenInfo, Which};
use crate::client::Client;
use crate::create::Parent;
use crate::host::Host;

/// Deletions under way at once: enough to hide the distance, few enough not to be turned away.
const AT_ONCE: usize = 8;

/// Which of the expired tokens to delete.
pub struct SweepFilter<'a> {
    /// The organisation.
    pub parent: Parent,
    /// Those whose name fits.
    pub name: &'a (dyn Fn(&str) -> bool + Sync),
    /// Those that nobody has used since this moment.
    pub unused_since: Option<Timestamp>,
}

/// How a sweep went.
#[derive(Debug, Default)]
pub struct Sweep {
    /// Gone, by this sweep or by another.
    pub deleted: Vec<Uidp>,
    /// Could not be deleted; the sweep went on.
    pub failed: Vec<Failed>,
    /// Not tried, or tried in vain, since the session ended.
    pub left: Vec<Uidp>,
}

/// A token that could not be deleted.
#[derive(Debug)]
pub struct Failed {
    /// Which.
    pub id: Uidp,
    /// Why.
    pub error: Error,
}

impl<H: Host> Client<H> {
    /// The tokens that a sweep would delete.
    ///
    /// # Errors
    /// `capability_missing` where the caller may not delete; those of a listing.
    pub async fn expired_pull_tokens(&self, filter: &SweepFilter<'_>) -> Result<Vec<PullTokenInfo>> {
        let wanted = ListFilter {
            parent: Some(filter.parent.clone()),
            ecosystem: None,
            which: Which::Expired,
            expiring_within_seconds: None,
        };
        let listing = self.list_pull_tokens(&wanted).await?;
        if let Some(warning) = listing.warnings.first().filter(|_| listing.tokens.is_empty()) {
            return Err(Error::new(ErrorCode::CapabilityMissing, warning.message.clone())
                .with_hint("an owner of the organisation can run the same command"));
        }
        let unused = |token: &PullTokenInfo| {
            filter.unused_since.is_none_or(|since| token.last_seen_at.is_none_or(|seen| seen < since))
        };
        Ok(listing.tokens.into_iter().filter(|token| (filter.name)(&token.name) && unused(token)).collect())
    }

    /// Deletes these tokens. A single failure does not stop it; the end of the session does.
    /// `progress` hears after each how many are done.
    pub async fn sweep(&self, tokens: &[PullTokenInfo], mut progress: impl FnMut(usize)) -> Sweep {
        let mut sweep = Sweep::default();
        let mut signed_out = false;
        let mut deletions = stream::iter(tokens)
            .map(|token| async move { (&token.id, self.delete_identity(&token.id).await) })
            .buffer_unordered(AT_ONCE);
        let mut done = 0;
        while let Some((id, result)) = deletions.next().await {
            match result {
                Ok(()) => sweep.deleted.push(id.clone()),
                Err(error) if error.code() == ErrorCode::NotFound => sweep.deleted.push(id.clone()),
                Err(error) if error.code() == ErrorCode::Unauthenticated => {
                    signed_out = true;
                    break;
                }
                Err(error) => sweep.failed.push(Failed { id: id.clone(), error }),
            }
            done += 1;
            progress(done);
        }
        if signed_out {
            // Those under way are dropped with the stream: what came of them is not known, so they are left.
            drop(deletions);
            let settled = |id: &Uidp| sweep.deleted.contains(id) || sweep.failed.iter().any(|one| one.id == *id);
            sweep.left = tokens.iter().map(|token| token.id.clone()).filter(|id| !settled(id)).collect();
        }
        sweep
    }
}
