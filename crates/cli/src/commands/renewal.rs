//! A credential for as long as a command runs: what it began with, and the next where that one ends.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use pulltoken_client::chain::Source;
use pulltoken_core::{BaseUrl, Ecosystem, Error, ErrorCode, Result};
use pulltoken_sealed::{Renew, SealedOptions};

use super::credentials::{self, Chain, Lent};
use crate::common::Common;
use crate::ending::Ending;

/// Asks the providers again where a credential is refused or about to expire. Nobody is prompted:
/// the terminal is the command's.
pub(super) struct Renewal {
    common: Common,
    chain: Chain,
    first: Lent,
    /// Locked during a search, so that giving back waits for what it brings.
    later: Mutex<Later>,
    /// How many of those the proxy has been given.
    given: AtomicUsize,
    /// Cuts a search short.
    ending: Ending,
}

/// What came after the first.
enum Later {
    /// The present one last.
    Lent(Vec<Lent>),
    /// All of it was given back, and nothing comes any more.
    GivenBack,
}

impl Renewal {
    pub(super) fn new(common: &Common, chain: &Chain, first: Lent) -> Arc<Self> {
        Arc::new(Self {
            common: common.clone(),
            chain: chain.clone(),
            first,
            later: Mutex::new(Later::Lent(Vec::new())),
            given: AtomicUsize::default(),
            ending: Ending::default(),
        })
    }

    /// A proxy with the credential, and with the next where another can be had.
    pub(super) fn options(self: &Arc<Self>, server: BaseUrl) -> SealedOptions {
        let mut options = SealedOptions::new(server, Ecosystem::JavaScript, to_be_lent(&self.first));
        if self.is_possible() {
            options.renew = Some(Arc::new(Renewer(Arc::clone(self))));
        }
        options
    }

    /// Whether asking again can give another: what was handed over by hand stays what it is.
    fn is_possible(&self) -> bool {
        !matches!(self.first.found.source, Source::Explicit | Source::Environment)
    }

    /// Deletes what was made, where that is allowed. A search that is under way is cut short.
    pub(super) fn give_back(&self, common: &Common) {
        self.ending.tell();
        let later = std::mem::replace(&mut *self.later(), Later::GivenBack);
        credentials::give_back(common, &self.first);
        if let Later::Lent(later) = later {
            later.iter().for_each(|lent| credentials::give_back(common, lent));
        }
    }

    /// Another credential than the one that the proxy has, and how many it has had with that one.
    fn another(&self) -> Result<(pulltoken_sealed::Lent, usize)> {
        let mut later = self.later();
        let Later::Lent(later) = &mut *later else {
            return Err(Error::new(ErrorCode::Interrupted, "interrupted: the credential was given back"));
        };
        if later.len() <= self.given.load(Ordering::Relaxed) {
            later.push(self.search(later.last().unwrap_or(&self.first))?);
        }
        // Where there is one more, whoever had asked for it could not wait any longer.
        Ok((to_be_lent(later.last().unwrap_or(&self.first)), later.len()))
    }

    fn search(&self, old: &Lent) -> Result<Lent> {
        let chain = Chain { username: None, password_stdin: false, ..self.chain.clone() };
        let next = credentials::find_quietly(&self.common, Ecosystem::JavaScript, &chain, &self.ending)?;
        // Compared here alone.
        if next.found.credentials.password.expose() == old.found.credentials.password.expose() {
            return Err(Error::new(
                ErrorCode::CredentialsUnusable,
                "the providers have no other credential than the one refused",
            ));
        }
        Ok(next)
    }

    fn later(&self) -> MutexGuard<'_, Later> {
        self.later.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn to_be_lent(Lent { found, .. }: &Lent) -> pulltoken_sealed::Lent {
    pulltoken_sealed::Lent { credentials: found.credentials.clone(), expires_at: found.expires_at }
}

/// What the proxy knows of it.
struct Renewer(Arc<Renewal>);

impl Renew for Renewer {
    fn renew(&self) -> BoxFuture<'_, Result<pulltoken_sealed::Lent>> {
        Box::pin(async {
            let renewal = Arc::clone(&self.0);
            // The providers run flows of their own, which may not be run inside of this one; and the proxy
            // can be closed without waiting for them.
            let searched = tokio::task::spawn_blocking(move || renewal.another()).await;
            let failed = |error| Error::new(ErrorCode::Internal, format!("the search broke off: {error}"));
            let (next, given) = searched.map_err(failed)??;
            self.0.given.store(given, Ordering::Relaxed);
            Ok(next)
        })
    }
}
