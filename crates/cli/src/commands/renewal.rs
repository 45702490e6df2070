//! A credential for as long as a command runs: what it began with, and the next where that one ends.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;
use pulltoken_client::chain::Source;
use pulltoken_core::{BaseUrl, Ecosystem, Error, ErrorCode, Result};
use pulltoken_sealed::{Renew, SealedOptions};

use super::credentials::{self, Chain, Lent, Purpose};
use crate::common::Common;

/// Asks the providers again where a credential is refused or about to expire. Nobody is prompted:
/// the terminal is the command's.
pub(super) struct Renewal {
    common: Common,
    chain: Chain,
    first: Lent,
    /// What came after it, the present one last.
    later: Mutex<Vec<Lent>>,
}

impl Renewal {
    pub(super) fn new(common: &Common, chain: &Chain, first: Lent) -> Arc<Self> {
        Arc::new(Self { common: common.clone(), chain: chain.clone(), first, later: Mutex::default() })
    }

    /// A proxy with the credential, and with the next where another can be had.
    pub(super) fn options(self: &Arc<Self>, server: BaseUrl) -> SealedOptions {
        let mut options = SealedOptions::new(server, Ecosystem::JavaScript, self.last());
        if self.is_possible() {
            options.renew = Some(Arc::clone(self) as _);
        }
        options
    }

    /// Whether asking again can give another: what was handed over by hand stays what it is.
    fn is_possible(&self) -> bool {
        !matches!(self.first.found.source, Source::Explicit | Source::Environment)
    }

    /// Deletes what was made, where that is allowed.
    pub(super) fn give_back(&self, common: &Common) {
        let later = self.later.lock().unwrap_or_else(PoisonError::into_inner);
        [&self.first].into_iter().chain(later.iter()).for_each(|lent| credentials::give_back(common, lent));
    }

    fn last(&self) -> pulltoken_sealed::Lent {
        let later = self.later.lock().unwrap_or_else(PoisonError::into_inner);
        let found = &later.last().unwrap_or(&self.first).found;
        pulltoken_sealed::Lent { credentials: found.credentials.clone(), expires_at: found.expires_at }
    }

    fn another(&self) -> Result<Lent> {
        let chain = Chain { username: None, password_stdin: false, ..self.chain.clone() };
        let old = self.last().credentials;
        let next = credentials::find_quietly(&self.common, Ecosystem::JavaScript, &chain, Purpose::Command)?;
        // Compared here alone.
        if next.found.credentials.password.expose() == old.password.expose() {
            return Err(Error::new(
                ErrorCode::CredentialsUnusable,
                "the providers have no other credential than the one refused",
            ));
        }
        Ok(next)
    }
}

impl Renew for Renewal {
    fn renew(&self) -> BoxFuture<'_, Result<pulltoken_sealed::Lent>> {
        Box::pin(async {
            // The providers run flows of their own, which may not be run inside of this one.
            let next = tokio::task::block_in_place(|| self.another())?;
            self.later.lock().unwrap_or_else(PoisonError::into_inner).push(next);
            Ok(self.last())
        })
    }
}
