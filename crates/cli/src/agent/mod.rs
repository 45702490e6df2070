//! A running proxy that is not ours: how it is named, what its folder says, and whether it lives.

pub(crate) mod alive;
#[cfg(unix)]
pub(crate) mod control;
pub(crate) mod info;
pub(crate) mod name;
