//! The most memory that a program held at once.
//!
//! The system remembers it for all ended children of a process together, so that each program is run
//! by a process of its own: this one again, under an argument that nobody types.

use std::env;
use std::ffi::OsString;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, ensure};

use crate::process;

/// The argument; what follows is the program.
pub(crate) const PEAK: &str = "report-peak-of";

/// Runs a program and says how many megabytes it held at its peak.
///
/// # Errors
/// It failed, or this system does not say.
pub(super) fn peak_megabytes(command: &Command) -> Result<f64> {
    let mut between = Command::new(env::current_exe()?);
    between.arg(PEAK).arg(command.get_program()).args(command.get_args()).env_clear();
    between.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    if let Some(folder) = command.get_current_dir() {
        between.current_dir(folder);
    }
    let output = between.stderr(Stdio::inherit()).output()?;
    ensure!(output.status.success(), "`{}` failed", command.get_program().to_string_lossy());
    let bytes: f64 = String::from_utf8(output.stdout)?.trim().parse().context("this system does not say")?;
    Ok(bytes / 1e6)
}

/// The process between: runs the program and prints its peak in bytes.
///
/// # Errors
/// It did not start, or failed.
#[cfg(unix)]
pub(crate) fn report_peak(program: &[OsString]) -> Result<ExitCode> {
    use nix::sys::resource::{UsageWho, getrusage};

    let [name, arguments @ ..] = program else { return Ok(ExitCode::from(2)) };
    let mut command = Command::new(name);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null());
    let status = process::spawn(&mut command)?.wait()?;
    ensure!(status.success(), "ended with {status}");
    // Kilobytes everywhere but on Apple's systems.
    let unit = if cfg!(target_vendor = "apple") { 1 } else { 1024 };
    println!("{}", getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss() * unit);
    Ok(ExitCode::SUCCESS)
}

/// Not told here.
///
/// # Errors
/// Always.
#[cfg(not(unix))]
pub(crate) fn report_peak(_program: &[OsString]) -> Result<ExitCode> {
    anyhow::bail!("this system does not say")
}
