//! The simulator's rules, each tried over plain HTTP.

// Helpers of tests may fail a test as tests may.
#![allow(clippy::unwrap_used, clippy::panic)]

mod additions;
mod calls;
mod ci;
mod cors;
mod device;
mod faults;
mod gateway;
mod groups_and_roles;
mod headless;
mod identities;
mod issuer;
mod oidc;
mod pages;
mod permissions;
mod program;
mod provider;
mod registry;
mod sign_in;
mod support;
mod tls;
