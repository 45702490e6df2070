//! The `pulltoken` command, and `pulltoken-helper-pnpm`, which is a small part of it. One file per
//! command; what a binding would want lives in the crates below.

mod agent;
mod ask;
mod ci;
mod cli;
mod commands;
mod common;
mod config;
mod connection;
mod ending;
mod exec;
mod input;
mod network;
mod output;
mod parent;
mod process;
mod project;
mod random;
mod reveal;
mod sessions;
mod shell;
mod shims;
mod table;
mod vendor;

use std::process::ExitCode;

/// `pulltoken`.
pub fn pulltoken() -> ExitCode {
    process::close_to_others();
    let arguments: Vec<_> = std::env::args_os().collect();
    // What a shim was called with is for another program, and not for our parser.
    if let Some(rest) = shims::run::called(&arguments) {
        return shims::run::run(rest);
    }
    match cli::parse(arguments.into_iter()) {
        Ok(cli) => commands::run(&cli.common, cli.command),
        Err(ended) => ended,
    }
}

/// `pulltoken-helper-pnpm`: `pulltoken helper pnpm` for whoever asks often.
pub fn helper_pnpm() -> ExitCode {
    process::close_to_others();
    commands::helper::small::main()
}
