//! The proxy as its clients and its attackers meet it: over sockets.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod answers;
mod credentials;
mod door;
mod npm;
mod proxies;
mod requests;
mod retries;
mod support;
mod tunnels;
