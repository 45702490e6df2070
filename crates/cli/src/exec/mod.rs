//! Running a package manager with access: what it is given, and what is kept from it.

pub(crate) mod child;
pub(crate) mod environment;
mod lockfile;
pub(crate) mod npm;
mod npm_project;
pub(crate) mod program;
mod userconfig;
