//! This machine's clock.

use std::time::{SystemTime, UNIX_EPOCH};

use pulltoken_core::Timestamp;

/// The present moment by this machine's clock; 1970 if that is set before it.
pub fn now() -> Timestamp {
    let millis = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
    i64::try_from(millis).ok().and_then(Timestamp::from_unix_millis).unwrap_or(Timestamp::UNIX_EPOCH)
}
