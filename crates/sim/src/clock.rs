//! The simulator's own time: the machine's, moved forward as tests ask.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;

/// The clock every part reads. It runs with the machine's clock and can be moved ahead.
#[derive(Debug, Default)]
pub struct Clock {
    ahead_nanos: AtomicI64,
}

impl Clock {
    /// Moves the simulator's time ahead. Sessions and identities expire accordingly.
    pub fn advance(&self, by: Duration) {
        let nanos = i64::try_from(by.as_nanos()).unwrap_or(i64::MAX);
        self.ahead_nanos.fetch_add(nanos, Ordering::SeqCst);
    }

    /// The simulator's time as seconds since 1970.
    pub fn unix_seconds(&self) -> i64 {
        self.now().unix_timestamp()
    }

    pub(crate) fn now(&self) -> OffsetDateTime {
        let real = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map(|elapsed| i128::try_from(elapsed.as_nanos()).unwrap_or(i128::MAX))
            .unwrap_or(0);
        let nanos = real.saturating_add(i128::from(self.ahead_nanos.load(Ordering::SeqCst)));
        OffsetDateTime::from_unix_timestamp_nanos(nanos).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}
