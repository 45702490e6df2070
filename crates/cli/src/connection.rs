//! The way to the platform: session, addresses, runtime, and the wish to stop.

use std::future::Future;
use std::pin::Pin;

use pulltoken_client::client::Endpoints;
use pulltoken_client::session::{SESSION_VARIABLE, Session};
use pulltoken_client::{Client, chain};
use pulltoken_core::{Error, ErrorCode, Result, Secret};
use pulltoken_native::{HttpTransport, NativeHost, now};

use crate::common::Common;
use crate::output;

/// A client for the session that the environment holds.
pub(crate) fn client(common: &Common) -> Result<Client<NativeHost>> {
    let token = std::env::var(SESSION_VARIABLE).unwrap_or_default();
    let session = Session::new(Secret::new(token), now())?;
    if session.is_for(chain::REGISTRY_AUDIENCE) && !session.is_for(common.api.as_str()) {
        let message = format!("the session in {SESSION_VARIABLE} opens the registry, not the platform's API");
        return Err(Error::new(ErrorCode::SessionUnusable, message));
    }
    let endpoints =
        Endpoints { api: common.api.clone(), issuer: common.issuer.clone(), registry: common.registry.clone() };
    Ok(Client::new(host(common), endpoints, &session))
}

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

#[cfg(not(unix))]
async fn stop_signal() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
