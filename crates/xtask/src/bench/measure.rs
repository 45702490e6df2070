//! The loop: everyone in turn, round after round, so that a noisy minute hits all alike; then the medians.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::{interrupt, process, progress};

type Prepare<'a> = Box<dyn FnMut() -> Result<Command> + 'a>;

/// One of those compared.
pub(super) struct Contender<'a> {
    name: String,
    /// Makes everything ready, outside of the measured time, and says what to run.
    prepare: Prepare<'a>,
}

impl<'a> Contender<'a> {
    pub(super) fn new(name: &str, prepare: impl FnMut() -> Result<Command> + 'a) -> Self {
        Self { name: name.to_owned(), prepare: Box::new(prepare) }
    }
}

/// Runs all of them `rounds` times and prints a table.
///
/// # Errors
/// One of them failed, or the user interrupted.
pub(super) fn compare(title: &str, rounds: usize, contenders: &mut [Contender<'_>]) -> Result<()> {
    let bar = progress::spinner(title);
    let mut times = vec![Vec::with_capacity(rounds); contenders.len()];
    // One round more: the first fills the machine's caches and is not counted.
    for round in 0..=rounds {
        for (contender, times) in contenders.iter_mut().zip(&mut times) {
            interrupt::check()?;
            bar.set_message(format!("{round} of {rounds}: {}", contender.name));
            let time = time(&mut (contender.prepare)()?)?;
            if round > 0 {
                times.push(time);
            }
        }
    }
    bar.finish_and_clear();

    let rows: Vec<_> = contenders.iter().map(|it| it.name.clone()).zip(times.into_iter().map(median)).collect();
    print(&format!("{title} (median of {rounds})"), &rows);
    Ok(())
}

/// Prints a table. Ratios are those of the first to each of the others: a tenth is ten times faster.
pub(super) fn print(title: &str, rows: &[(String, Duration)]) {
    println!("{title}");
    let first = rows.first().map_or(0.0, |(_, time)| time.as_secs_f64());
    for (name, time) in rows {
        let seconds = time.as_secs_f64();
        let shown =
            if seconds < 1e-4 { format!("{:.2} µs", seconds * 1e6) } else { format!("{:.1} ms", seconds * 1e3) };
        println!("  {name:42} {shown:>12}   {:>7.3}", first / seconds);
    }
    println!();
}

fn time(command: &mut Command) -> Result<Duration> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let started = Instant::now();
    let status = process::spawn(command)?.wait()?;
    let elapsed = started.elapsed();
    ensure!(status.success(), "`{}` ended with {status}", command.get_program().to_string_lossy());
    Ok(elapsed)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        let times = [9, 1, 5].map(Duration::from_millis).to_vec();
        assert_eq!(median(times), Duration::from_millis(5));
        assert_eq!(median(Vec::new()), Duration::ZERO);
    }
}
