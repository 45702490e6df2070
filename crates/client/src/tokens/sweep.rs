//! Deleting every expired pull token of an organisation.

use std::time::Duration;

use futures_util::future::{self, Fuse, FutureExt as _};
use futures_util::select_biased;
use pulltoken_core::{Error, ErrorCode, Result, Timestamp, Uidp};

use super::list::{ListFilter, PullTokenInfo, Which};
use crate::client::Client;
use crate::create::{Parent, interrupted};
use crate::host::{BoxFuture, Host};
use crate::together::first;

/// Deletions under way at once: enough to hide the distance, few enough not to be turned away.
const AT_ONCE: usize = 8;
/// How long deletions that are under way may still take once the user wants to stop.
const GRACE: Duration = Duration::from_secs(5);

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
    /// Not tried, or tried without an answer, since the session ended or the user wanted to stop.
    pub left: Vec<Uidp>,
    /// Why some are left: the end of the session, or the wish to stop.
    pub stopped: Option<Error>,
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
    pub async fn sweep(&self, tokens: &[PullTokenInfo], progress: impl FnMut(usize)) -> Sweep {
        self.sweep_until(tokens, progress, future::pending()).await
    }

    /// The same, until `interrupt` ends: then none is begun any more, and those under way have a few
    /// seconds to end.
    pub async fn sweep_until(
        &self,
        tokens: &[PullTokenInfo],
        mut progress: impl FnMut(usize),
        interrupt: impl Future<Output = ()> + Unpin,
    ) -> Sweep {
        let mut sweep = Sweep::default();
        let mut waiting = tokens.iter().enumerate();
        let mut is_settled = vec![false; tokens.len()];
        let mut under_way = Vec::with_capacity(AT_ONCE);
        under_way.extend(waiting.by_ref().take(AT_ONCE).map(|(index, token)| self.delete_one(index, token)));
        let (mut interrupt, mut deadline) = (interrupt.fuse(), Fuse::terminated());
        let mut done = 0;
        loop {
            let ended = select_biased! {
                ended = first(&mut under_way).fuse() => ended,
                () = interrupt => {
                    waiting = [].iter().enumerate();
                    deadline = self.host.sleep(GRACE).fuse();
                    continue;
                }
                () = deadline => None,
            };
            let Some((index, id, result)) = ended else { break };
            match result {
                Ok(()) => sweep.deleted.push(id.clone()),
                Err(error) if error.code() == ErrorCode::NotFound => sweep.deleted.push(id.clone()),
                Err(error) if error.code() == ErrorCode::Unauthenticated => {
                    sweep.stopped = Some(error);
                    break;
                }
                Err(error) => sweep.failed.push(Failed { id: id.clone(), error }),
            }
            is_settled[index] = true;
            done += 1;
            progress(done);
            under_way.extend(waiting.next().map(|(index, token)| self.delete_one(index, token)));
        }
        // What came of those that are still under way is not known, so they are left.
        drop(under_way);
        if done < tokens.len() {
            sweep.stopped.get_or_insert_with(|| interrupted("some expired pull tokens are left"));
            let left = tokens.iter().zip(is_settled).filter(|(_, is_settled)| !is_settled);
            sweep.left = left.map(|(token, _)| token.id.clone()).collect();
        }
        sweep
    }

    fn delete_one<'a>(
        &'a self,
        index: usize,
        token: &'a PullTokenInfo,
    ) -> BoxFuture<'a, (usize, &'a Uidp, Result<()>)> {
        Box::pin(async move { (index, &token.id, self.delete_identity(&token.id).await) })
    }
}
