//! The pull tokens that exist: finding them and taking them away.

mod delete;
mod list;
mod sweep;

pub use list::{HeldRole, ListFilter, Listing, PullTokenInfo, Which};
pub use sweep::{Failed, Sweep, SweepFilter};
