//! The calls of a client as JavaScript makes them: JSON text in, JSON text out, as in
//! [`pulltoken_core::js`]. The binding lends the host.

mod create;

pub use create::create_pull_token;
