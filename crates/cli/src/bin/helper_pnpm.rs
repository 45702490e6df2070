//! What pnpm calls where it takes no arguments. A program of its own, since most of the time that a
//! program takes which has the answer at hand is that of being loaded.

use std::process::ExitCode;

fn main() -> ExitCode {
    pulltoken_cli::helper_pnpm()
}
