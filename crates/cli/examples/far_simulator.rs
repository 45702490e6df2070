//! `far_simulator --print-env TOKENS MILLISECONDS`: the simulated platform with so many pull tokens,
//! each answer of its API so late. `cargo xtask bench` measures against it.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

mod late;

use std::process::ExitCode;

use pulltoken_sim::{Fault, IdentitySpec, Part, Sim};

fn main() -> ExitCode {
    let build = |tokens| {
        Sim::builder().identities(IdentitySpec::pull_token("crowd").role("libraries.javascript.pull").count(tokens))
    };
    late::run("far_simulator --print-env TOKENS MILLISECONDS", build, Fault::on("*", "/").part(Part::Api))
}
