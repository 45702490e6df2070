//! `full_registry --print-env PACKAGES MILLISECONDS`: the simulated platform under its real names, with so
//! many packages, each answer of its registry so late. `cargo xtask bench` measures against it.
//!
//! Prints its line and serves until its standard input closes.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

use std::io::Read as _;
use std::process::ExitCode;
use std::time::Duration;

use pulltoken_sim::{Action, Fault, Package, Part, Sim};

/// About what half of npm's packages have, unpacked.
const BYTES: usize = 30_000;

fn main() -> ExitCode {
    let numbers: Vec<usize> = std::env::args().skip(2).filter_map(|text| text.parse().ok()).collect();
    let [packages, milliseconds] = numbers[..] else {
        eprintln!("full_registry --print-env PACKAGES MILLISECONDS");
        return ExitCode::from(2);
    };
    let mut builder = Sim::builder().tls(true);
    for number in 0..packages {
        builder = builder.package(Package::new(&format!("package-{number}"), "1.0.0").file("data.txt", noise(number)));
    }
    let sim = match builder.start() {
        Ok(sim) => sim,
        Err(error) => {
            eprintln!("the simulator did not start: {error}");
            return ExitCode::FAILURE;
        }
    };
    if let Some(delay) = u64::try_from(milliseconds).ok().filter(|milliseconds| *milliseconds > 0) {
        let late = Action::Delay(Duration::from_millis(delay));
        sim.faults().add(Fault::on("*", "/javascript").part(Part::Registry).action(late));
    }
    println!("{}", sim.description());
    let mut rest = Vec::new();
    // Nothing comes: the end is what is waited for.
    let _ = std::io::stdin().read_to_end(&mut rest);
    ExitCode::SUCCESS
}

/// Text that is another for each package, and hard to compress.
fn noise(number: usize) -> Vec<u8> {
    let mut state = u32::try_from(number).unwrap_or(u32::MAX).wrapping_mul(2_654_435_761) | 1;
    let letter = move |_| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        b'0' + u8::try_from(state % 64).unwrap_or_default()
    };
    (0..BYTES).map(letter).collect()
}
