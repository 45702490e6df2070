//! The sessions that a user of this machine has at a place: ours, and those of the vendor's command.

use pulltoken_client::host::Host;
use pulltoken_client::stored::{self, Place, SessionStore as _, StoredSession};
use pulltoken_core::Result;

use crate::session_store::FileSessions;
use crate::vendor_cache::VendorCache;

/// The sessions of a user at a place.
pub struct UserSessions {
    /// Where they came from.
    pub place: Place,
    /// Our own.
    pub own: FileSessions,
    /// Those of the vendor's command.
    pub vendor: Option<VendorCache>,
}

/// Whether this value of `PULLTOKEN_SHARED_CACHE` lets us use the vendor's refresh tokens: anything
/// but what clap, which reads it on the command line, takes for false.
pub fn shares_vendors(value: &str) -> bool {
    let falsey = ["", "0", "n", "no", "f", "false", "off"];
    !falsey.iter().any(|word| value.eq_ignore_ascii_case(word))
}

impl UserSessions {
    /// Nothing is read yet. `shared`: the vendor's refresh tokens may be used.
    ///
    /// # Errors
    /// `file_unwritable` where there is no home folder.
    pub fn of_user(place: Place, shared: bool) -> Result<Self> {
        Ok(Self { place, own: FileSessions::of_user()?, vendor: VendorCache::of_user(shared) })
    }

    /// What is stored, without renewing it: our own, else the vendor's.
    ///
    /// # Errors
    /// `file_unreadable`.
    pub fn load(&self, audience: &str) -> Result<Option<StoredSession>> {
        match (self.own.load(&self.place, audience)?, &self.vendor) {
            (None, Some(vendor)) => vendor.load(&self.place, audience),
            (own, _) => Ok(own),
        }
    }

    /// One that is good for so long, renewed if need be.
    ///
    /// # Errors
    /// `session_expired`, those of the store and of the network.
    pub async fn fresh<H: Host>(&self, host: &H, audience: &str, seconds: i64) -> Result<Option<StoredSession>> {
        let own = stored::fresh(host, &self.own, &self.place, audience, seconds).await;
        match (&own, &self.vendor) {
            (Ok(Some(_)), _) | (_, None) => own,
            (_, Some(vendor)) => match stored::fresh(host, vendor, &self.place, audience, seconds).await {
                Ok(Some(theirs)) => Ok(Some(theirs)),
                // Ours says more about what went wrong.
                Ok(None) => own,
                Err(error) => own.and(Err(error)),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_no_is_heard_however_it_is_written() {
        for value in ["", "0", "n", "NO", "False", "FALSE", "off"] {
            assert!(!shares_vendors(value), "{value}");
        }
        for value in ["1", "true", "yes", "on", " "] {
            assert!(shares_vendors(value), "{value}");
        }
    }
}
