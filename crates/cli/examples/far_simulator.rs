//! `far_simulator --print-env TOKENS MILLISECONDS`: the simulated platform with so many pull tokens,
//! each answer of its API so late. `cargo xtask bench` measures against it.
//!
//! Prints its line and serves until its standard input closes.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

use std::io::Read as _;
use std::process::ExitCode;
use std::time::Duration;

use pulltoken_sim::{Action, Fault, IdentitySpec, Part, Sim};

fn main() -> ExitCode {
    let numbers: Vec<usize> = std::env::args().skip(2).filter_map(|text| text.parse().ok()).collect();
    let [tokens, milliseconds] = numbers[..] else {
        eprintln!("far_simulator --print-env TOKENS MILLISECONDS");
        return ExitCode::from(2);
    };
    let crowd = IdentitySpec::pull_token("crowd").role("libraries.javascript.pull").count(tokens);
    let sim = match Sim::builder().identities(crowd).start() {
        Ok(sim) => sim,
        Err(error) => {
            eprintln!("the simulator did not start: {error}");
            return ExitCode::FAILURE;
        }
    };
    if let Some(delay) = u64::try_from(milliseconds).ok().filter(|milliseconds| *milliseconds > 0) {
        let late = Action::Delay(Duration::from_millis(delay));
        sim.faults().add(Fault::on("*", "/").part(Part::Api).action(late));
    }
    println!("{}", sim.description());
    let mut rest = Vec::new();
    // Nothing comes: the end is what is waited for.
    let _ = std::io::stdin().read_to_end(&mut rest);
    ExitCode::SUCCESS
}
