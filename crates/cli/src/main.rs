//! The `pulltoken` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    pulltoken_cli::pulltoken()
}
