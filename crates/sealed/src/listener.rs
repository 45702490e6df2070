//! The door: loopback alone, and only for the user that this process belongs to.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use pulltoken_core::{Error, ErrorCode, Result};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::connection::{self, Context};

/// Opens a port of the system's choice.
///
/// # Errors
/// `internal` where there is none to have.
pub(crate) async fn bind() -> Result<(TcpListener, u16)> {
    let failed =
        |error: std::io::Error| Error::new(ErrorCode::Internal, format!("no port can be opened on loopback: {error}"));
    pulltoken_peer::check().map_err(|error| {
        let message = format!("the system does not tell which user connects (/proc/self/net/tcp): {error}");
        Error::new(ErrorCode::Internal, message).with_hint("mount /proc, or go on without the sealed registry")
    })?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(failed)?;
    let port = listener.local_addr().map_err(failed)?.port();
    Ok((listener, port))
}

/// Serves whoever may come in, until it is told to stop or nobody is left to tell it: then the port
/// and all connections are closed.
pub(crate) async fn serve(listener: TcpListener, context: Arc<Context>, mut stop: oneshot::Receiver<()>) {
    let mut connections = JoinSet::new();
    // What the first connection fails of is told to the first request, which tries again.
    let warmed = Arc::clone(&context);
    connections.spawn(async move { drop(warmed.upstream.pool.warm().await) });
    loop {
        tokio::select! {
            _ = &mut stop => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let owner = stream.local_addr().and_then(|local| pulltoken_peer::owner(local, peer));
                    // Whoever cannot be told is a stranger.
                    if !owner.is_ok_and(pulltoken_peer::is_own) {
                        continue;
                    }
                    // Requests are small; waiting for more to send would only cost time.
                    let _ = stream.set_nodelay(true);
                    let context = Arc::clone(&context);
                    let client = context.idle.busy();
                    connections.spawn(async move {
                        connection::serve(&context, stream).await;
                        drop(client);
                    });
                }
                // Out of descriptors, say: others are freed meanwhile.
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            },
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
        }
    }
    drop(listener);
    connections.shutdown().await;
}
