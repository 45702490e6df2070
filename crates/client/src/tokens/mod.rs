//! The pull tokens that exist: finding them, changing them and taking them away.

mod delete;
mod edit;
mod entitlements;
mod list;
mod one;
mod pages;
mod rotate;
mod set_role;
mod sweep;
#[cfg(test)]
mod tests;

pub(crate) use list::is_older_server;
pub use list::{HeldRole, ListFilter, Listing, PullTokenInfo, Which};
pub use rotate::{Fate, KeepOld, Rotated};
pub use set_role::RoleChange;
pub use sweep::{Failed, Sweep, SweepFilter};
