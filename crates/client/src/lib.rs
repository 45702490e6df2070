//! What pulltoken does with the platform: the calls of [`pulltoken_core::api`] in their order.
//!
//! A [`Host`] lends network, clock, chance and keys, so that the same flows run in a terminal, in
//! Node and in a browser. Nothing here knows who is asking.

pub mod access;
pub mod ambient;
pub mod chain;
pub mod ci_identities;
pub mod client;
pub mod create;
pub mod host;
pub mod js;
pub mod overview;
mod retry;
pub mod session;
pub mod sign_in;
pub mod stored;
#[cfg(test)]
mod testing;
mod together;
pub mod tokens;
#[cfg(feature = "ts")]
pub mod ts;

pub use client::Client;
pub use host::Host;
