//! The `pulltoken` command. One file per command; what a binding would want lives in the crates
//! below.

mod ask;
mod ci;
mod cli;
mod commands;
mod common;
mod config;
mod connection;
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
mod table;
mod vendor;

use std::process::ExitCode;

fn main() -> ExitCode {
    process::close_to_others();
    match cli::parse(std::env::args_os()) {
        Ok(cli) => commands::run(&cli.common, cli.command),
        Err(ended) => ended,
    }
}
