//! Small programs named like the package managers, in a folder at the front of `PATH`: each calls
//! this program, which finds the real one and starts it with access where that is due.

pub(crate) mod files;
pub(crate) mod folder;
pub(crate) mod run;
pub(crate) mod search;
mod trail;
