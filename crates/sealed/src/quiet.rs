//! Giving up on what says nothing for too long.

use std::time::Duration;

use tokio::time::sleep;

/// In how many parts a limit is waited for. A machine that sleeps, or a job that is stopped and
/// continued, loses one part and not the connection.
const PARTS: u32 = 12;

/// Nothing came within the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Silence;

/// What the future gives, if it does so within the limit.
pub(crate) async fn within<F: Future>(limit: Duration, future: F) -> Result<F::Output, Silence> {
    tokio::select! {
        biased;
        output = future => Ok(output),
        () = passed(limit) => Err(Silence),
    }
}

async fn passed(limit: Duration) {
    for _ in 0..PARTS {
        sleep(limit / PARTS).await;
    }
}
