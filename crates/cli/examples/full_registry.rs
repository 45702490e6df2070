//! `full_registry --print-env PACKAGES MILLISECONDS`: the simulated platform under its real names, with so
//! many packages, each answer of its registry so late. `cargo xtask bench` measures against it.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

mod late;

use std::process::ExitCode;

use pulltoken_sim::{Fault, Package, Part, Sim};

/// About what half of npm's packages have, unpacked.
const BYTES: usize = 30_000;

fn main() -> ExitCode {
    let package = |number| Package::new(&format!("package-{number}"), "1.0.0").file("data.txt", noise(number));
    let build =
        |packages| (0..packages).map(package).fold(Sim::builder().tls(true), |builder, one| builder.package(one));
    let late = Fault::on("*", "/javascript").part(Part::Registry);
    late::run("full_registry --print-env PACKAGES MILLISECONDS", build, late)
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
