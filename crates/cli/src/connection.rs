//! The way to the platform: addresses, runtime, and the wish to stop.

use std::future::Future;
use std::pin::Pin;

use pulltoken_core::{Error, ErrorCode, Result};
use pulltoken_native::{HttpTransport, NativeHost};

use crate::common::Common;
use crate::output;

/// This machine, with the connections that the flags describe.
pub(crate) fn host(common: &Common) -> NativeHost {
    NativeHost::new(HttpTransport::new(common.network.options()))
}

/// Runs a flow to its end on this thread.
pub(crate) fn block_on<T>(flow: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::new(ErrorCode::Internal, format!("no runtime could be started: {error}")))?;
    let done = runtime.block_on(flow);
    // A name look-up that nobody waits for any more does not keep the process.
    runtime.shutdown_background();
    done
}

/// Runs a flow that may simply be left when the user wants to stop.
///
/// # Errors
/// `interrupted`, saying what that means; those of the flow.
pub(crate) async fn interruptible<T>(outcome: &str, flow: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::select! {
        done = flow => done,
        () = stop_signal() => Err(Error::new(ErrorCode::Interrupted, format!("interrupted: {outcome}"))),
    }
}

/// Ends when the user wants to stop. A second wish ends the process at once.
pub(crate) fn interrupt() -> Pin<Box<dyn Future<Output = ()> + Send>> {
    interrupt_saying("stopping: what was begun is taken back (again to leave it)")
}

/// The same, with other words for what happens now.
pub(crate) fn interrupt_saying(words: &'static str) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(async move {
        stop_signal().await;
        output::note(words);
        tokio::spawn(async {
            stop_signal().await;
            std::process::exit(i32::from(ErrorCode::Interrupted.exit_code()));
        });
    })
}

/// Comes when the user or the system wants this process to stop.
#[cfg(unix)]
async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        // Without a handler the signals keep their own effect.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

/// Comes when the user wants this process to stop.
#[cfg(not(unix))]
async fn stop_signal() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
