//! What a step shows while it runs and when it is done: one line.

use std::fs::{self, File};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};

use crate::process;
use crate::workspace::Workspace;

/// How much of a failed step's log is shown.
const EXCERPT_LINES: usize = 40;
const TITLE_WIDTH: usize = 30;

/// A step that has run to its end, well or badly.
pub(crate) struct Finished {
    title: String,
    elapsed: Duration,
    pub(crate) log: PathBuf,
    pub(crate) status: ExitStatus,
}

/// Runs one step with a spinner that shows its latest line of output.
///
/// # Errors
/// The program did not start, or the user interrupted. A program that fails is no error here.
pub(crate) fn step(workspace: &Workspace, title: &str, command: &mut Command) -> Result<Finished> {
    let log = workspace.logs().join(format!("{}.log", slug(title)));
    let mut file = create(&log)?;
    let bar = spinner(title);
    let started = Instant::now();
    let status = process::run(command, |line| {
        bar.set_message(line.trim_start().to_owned());
        Ok(writeln!(file, "{line}")?)
    });
    bar.finish_and_clear();
    Ok(Finished { title: title.to_owned(), elapsed: started.elapsed(), log, status: status? })
}

impl Finished {
    /// Prints the step's one line; below it, where it failed, the end of its log.
    pub(crate) fn report(&self, note: &str) {
        let mark = if self.status.success() { "ok  " } else { "FAIL" };
        println!("{mark} {:TITLE_WIDTH$} {:>7}  {note}", self.title, seconds(self.elapsed));
        if !self.status.success() {
            print_excerpt(&self.log);
        }
    }

    /// Prints the line and fails if the step failed.
    ///
    /// # Errors
    /// The program ended with a failure; `next` says what to do.
    pub(crate) fn require(self, next: &str) -> Result<Self> {
        self.report("");
        if !self.status.success() {
            bail!("{} did not succeed; {next}", self.title);
        }
        Ok(self)
    }
}

/// Prints a line for something that could not be done.
pub(crate) fn failure(title: &str, reason: &str) {
    println!("FAIL {title:TITLE_WIDTH$} {:>7}  {reason}", "");
}

/// A spinner on a terminal; elsewhere one line, so that a log shows what is being waited for.
pub(crate) fn spinner(title: &str) -> ProgressBar {
    if !io::stderr().is_terminal() {
        println!("...  {title}");
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner().with_prefix(title.to_owned());
    let template = format!("{{spinner:.cyan}}    {{prefix:{TITLE_WIDTH}}} {{elapsed:>7}}  {{wide_msg:.dim}}");
    if let Ok(style) = ProgressStyle::with_template(&template) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

fn create(log: &Path) -> Result<File> {
    if let Some(folder) = log.parent() {
        fs::create_dir_all(folder)?;
    }
    File::create(log).with_context(|| format!("cannot write {}", log.display()))
}

fn print_excerpt(log: &Path) {
    let text = fs::read_to_string(log).unwrap_or_default();
    for line in excerpt(&text) {
        println!("     | {line}");
    }
    println!("     the whole of it: {}", log.display());
}

/// What a failed step's log has to say: what cargo's tests wrote of their failures, else the end.
fn excerpt(log: &str) -> Vec<&str> {
    let mut failures = Vec::new();
    let mut inside = false;
    for line in log.lines() {
        inside = (inside || line == "failures:") && !line.starts_with("test result:");
        if inside {
            failures.push(line);
        }
    }
    if !failures.is_empty() {
        failures.truncate(2 * EXCERPT_LINES);
        return failures;
    }
    // What cargo did before it failed fills the screen and says nothing.
    let work =
        |line: &str| ["Compiling ", "Checking ", "Downloaded "].iter().any(|it| line.trim_start().starts_with(it));
    let mut lines: Vec<&str> = log.lines().filter(|line| !work(line)).collect();
    lines.split_off(lines.len().saturating_sub(EXCERPT_LINES))
}

/// `8.1 s` below a minute, `2 m 05 s` from there on.
fn seconds(elapsed: Duration) -> String {
    let whole = elapsed.as_secs();
    if whole < 60 { format!("{:.1} s", elapsed.as_secs_f64()) } else { format!("{}m {:02}s", whole / 60, whole % 60) }
}

fn slug(title: &str) -> String {
    let words = title.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_becomes_a_file_name() {
        assert_eq!(slug("Rust: format & lints"), "rust-format-lints");
    }

    #[test]
    fn an_excerpt_shows_what_failed() {
        let tests = "running 1 test\ntest a ... FAILED\n\nfailures:\n\n---- a stdout ----\nleft: 1\n\ntest result: FAILED. 0 passed; 1 failed;\nrunning 9 tests\n";
        assert_eq!(excerpt(tests), ["failures:", "", "---- a stdout ----", "left: 1", ""]);
        let long = format!("   Compiling b\nfirst\n{}last", "x\n".repeat(EXCERPT_LINES - 1));
        assert_eq!(excerpt(&long).len(), EXCERPT_LINES);
        assert_eq!(excerpt("   Compiling b\nerror: c"), ["error: c"]);
    }

    #[test]
    fn times_are_short() {
        assert_eq!(seconds(Duration::from_millis(8_140)), "8.1 s");
        assert_eq!(seconds(Duration::from_secs(125)), "2m 05s");
    }
}
