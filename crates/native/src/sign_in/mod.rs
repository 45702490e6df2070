//! A browser on this machine that signs somebody in and comes back to a listener of ours.

mod launch;
mod listener;
mod page;

pub use launch::can_open;
pub use listener::{BrowserVisit, Told};
