//! Things kept until somebody comes back for them: once, and not too late.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use time::OffsetDateTime;

/// Values by an unguessable key, each good for one use.
pub(crate) struct OneTime<T>(Mutex<HashMap<String, Kept<T>>>);

struct Kept<T> {
    value: T,
    until: OffsetDateTime,
}

impl<T> Default for OneTime<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> OneTime<T> {
    pub(crate) fn put(&self, key: String, value: T, until: OffsetDateTime) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(key, Kept { value, until });
    }

    /// Takes a value out, unless it is too old.
    pub(crate) fn take(&self, key: &str, now: OffsetDateTime) -> Option<T> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.remove(key).filter(|kept| now < kept.until).map(|kept| kept.value)
    }
}
