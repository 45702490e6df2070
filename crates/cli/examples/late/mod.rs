//! A simulator whose answers come late, as both programs here start it.

use std::io::Read as _;
use std::process::ExitCode;
use std::time::Duration;

use pulltoken_sim::{Action, Fault, SimBuilder};

/// Runs `NAME --print-env COUNT MILLISECONDS`: starts what `build` makes of the count, with the answers
/// that `where_late` names so late, prints its line and serves until its standard input closes.
pub(crate) fn run(usage: &str, build: impl FnOnce(usize) -> SimBuilder, where_late: Fault) -> ExitCode {
    let numbers: Result<Vec<usize>, _> = std::env::args().skip(2).map(|text| text.parse()).collect();
    let Ok([count, milliseconds]) = numbers.as_deref() else {
        eprintln!("{usage}");
        return ExitCode::from(2);
    };
    let sim = match build(*count).start() {
        Ok(sim) => sim,
        Err(error) => {
            eprintln!("the simulator did not start: {error}");
            return ExitCode::FAILURE;
        }
    };
    if let Some(delay) = u64::try_from(*milliseconds).ok().filter(|milliseconds| *milliseconds > 0) {
        sim.faults().add(where_late.action(Action::Delay(Duration::from_millis(delay))));
    }
    println!("{}", sim.description());
    let mut rest = Vec::new();
    // Nothing comes: the end is what is waited for.
    let _ = std::io::stdin().read_to_end(&mut rest);
    ExitCode::SUCCESS
}
