//! This machine's clock.

use std::time::{SystemTime, UNIX_EPOCH};

use pulltoken_core::Timestamp;

/// The present moment; 1970 if the clock is set before it.
pub(crate) fn now() -> Timestamp {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    i64::try_from(seconds).ok().and_then(Timestamp::from_unix_seconds).unwrap_or(Timestamp::UNIX_EPOCH)
}
