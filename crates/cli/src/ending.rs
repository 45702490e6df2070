//! The wish that something ends. It is told once, and heard by whoever comes late as well: a signal that
//! arrives between two steps of the work is not lost.

use std::pin::Pin;
use std::thread::{Builder, JoinHandle};

use pulltoken_core::{Error, ErrorCode, Result};
use tokio::sync::watch;

/// A wish that many may tell and hear.
#[derive(Clone, Default)]
pub(crate) struct Ending(watch::Sender<bool>);

impl Ending {
    /// Tells it. Telling it again changes nothing.
    pub(crate) fn tell(&self) {
        self.0.send_replace(true);
    }

    /// Comes when it is told; at once where it was.
    pub(crate) fn told(&self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let (mut heard, teller) = (self.0.subscribe(), self.clone());
        Box::pin(async move {
            // It cannot fail: a teller is kept.
            let _ = heard.wait_for(|told| *told).await;
            drop(teller);
        })
    }
}

/// From now on, does this where the user or the system wants this process to end.
///
/// # Errors
/// `internal`.
#[cfg(unix)]
pub(crate) fn on_signal(then: impl Fn() + Send + 'static) -> Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM])
        .map_err(|error| Error::new(ErrorCode::Internal, format!("signals could not be caught: {error}")))?;
    thread(move || signals.forever().for_each(|_| then())).map(drop)
}

/// From now on, does this where the user wants this process to end.
///
/// # Errors
/// `internal`.
#[cfg(not(unix))]
pub(crate) fn on_signal(then: impl Fn() + Send + 'static) -> Result<()> {
    let failed =
        |error: std::io::Error| Error::new(ErrorCode::Internal, format!("Ctrl-C could not be caught: {error}"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
    let entered = runtime.enter();
    let mut wishes = tokio::signal::windows::ctrl_c().map_err(failed)?;
    drop(entered);
    let hear = move || {
        runtime.block_on(async {
            while wishes.recv().await.is_some() {
                then()
            }
        })
    };
    thread(hear).map(drop)
}

/// Starts a thread; where none can be had, what it would have worked with is dropped.
///
/// # Errors
/// `internal`.
pub(crate) fn thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<JoinHandle<T>> {
    Builder::new().spawn(work).map_err(|error| {
        Error::new(ErrorCode::Internal, format!("the system has no thread to give: {error}"))
            .with_hint("try again when fewer programs run, or raise the limit (`ulimit -u`)")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::block_on;

    #[test]
    fn whoever_comes_late_hears_it_too() {
        let ending = Ending::default();
        let early = ending.told();
        let teller = thread({
            let ending = ending.clone();
            move || ending.tell()
        });
        let waited = block_on(async {
            early.await;
            ending.told().await;
            Ok(())
        });
        assert!(waited.is_ok() && teller.unwrap().join().is_ok());
    }
}
