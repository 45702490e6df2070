//! The simulator's rules, each tried over plain HTTP.

// Helpers of tests may fail a test as tests may.
#![allow(clippy::unwrap_used, clippy::panic)]

mod calls;
mod faults;
mod gateway;
mod identities;
mod issuer;
mod pages;
mod permissions;
mod program;
mod registry;
mod support;
mod tls;
