//! Running a command with access: what it is given, and what is kept from it.

pub(crate) mod child;
mod contexts;
pub(crate) mod detours;
pub(crate) mod direct;
pub(crate) mod environment;
mod guard;
pub(crate) mod lease;
pub(crate) mod loan;
mod lockfile;
mod pnpm_config;
mod preload;
pub(crate) mod program;
pub(crate) mod project;
#[cfg(unix)]
pub(crate) mod relay;
pub(crate) mod report;
mod run_file;
pub(crate) mod sealed;
pub(crate) mod tool;
pub(crate) mod user;
mod userconfig;
mod yaml;
