//! The pure part of pulltoken: what a credential for Chainguard Libraries is, what to send to make
//! one, how to read the answers, and how each build tool wants it written.
//!
//! Nothing here knows the time, draws a random number, opens a file, reads the environment or
//! talks to a network: all of that comes in as a value. The crate builds for
//! `wasm32-unknown-unknown` as it stands.

pub mod api;
pub mod authorization;
pub mod base_url;
pub mod credentials;
pub mod docs;
pub mod ecosystem;
pub mod error;
pub mod formats;
pub mod http;
pub mod js;
mod json;
pub mod jwk;
pub mod jwt;
pub mod names;
pub mod package_managers;
pub mod report;
pub mod secret;
pub mod text;
pub mod timestamp;
pub mod trust;
#[cfg(feature = "ts")]
pub mod ts;
pub mod ttl;
pub mod uidp;

pub use base_url::BaseUrl;
pub use credentials::Credentials;
pub use ecosystem::Ecosystem;
pub use error::{Error, ErrorCode, Result};
pub use formats::Format;
pub use names::{Description, Name};
pub use secret::Secret;
pub use timestamp::Timestamp;
pub use ttl::Ttl;
pub use uidp::Uidp;
