//! Runs a program to its end, line by line, with Ctrl-C passed on.

use std::io::{self, BufRead, BufReader, PipeReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::interrupt;

/// How long to wait for output before looking at the child and at Ctrl-C again.
const LOOK: Duration = Duration::from_millis(50);
/// How long a child has to end by itself after Ctrl-C.
const HEAD_START: Duration = Duration::from_secs(2);
/// How long a child has to end after it was asked to.
const GRACE: Duration = Duration::from_secs(5);
/// How long what a child left running may go on writing to its log.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Runs `command` without standard input and hands each line of its output, and of its errors, to `on_line`.
///
/// # Errors
/// The program is not there, a line could not be taken, or the user interrupted.
pub(crate) fn run(command: &mut Command, mut on_line: impl FnMut(&str) -> Result<()>) -> Result<ExitStatus> {
    // One pipe for both, so that the lines come in the order in which they were written.
    let (output, input) = io::pipe()?;
    command.stdin(Stdio::null()).stdout(input.try_clone()?).stderr(input);
    let child = spawn(command);
    // The command would hold the pipe open for as long as it lives.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = child?;
    let lines = lines_of(output);

    let mut ended: Option<(ExitStatus, Instant)> = None;
    loop {
        match lines.recv_timeout(LOOK) {
            Ok(line) => on_line(&line)?,
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {}
        }
        if interrupt::requested() {
            // A terminal's Ctrl-C has reached the child too; a second signal would cut its tidying short.
            if !ends_within(&mut child, HEAD_START) {
                end(&mut child);
            }
            bail!("interrupted");
        }
        match ended {
            None => ended = child.try_wait()?.map(|status| (status, Instant::now())),
            Some((_, at)) if at.elapsed() > LAST_WORDS => break,
            Some(_) => {}
        }
    }
    Ok(match ended {
        Some((status, _)) => status,
        None => child.wait()?,
    })
}

/// Starts a program, or says which one is not there.
pub(crate) fn spawn(command: &mut Command) -> Result<Child> {
    command.spawn().with_context(|| format!("`{}` did not start", command.get_program().to_string_lossy()))
}

/// Asks a child to end, waits, and ends it if it does not.
pub(crate) fn end(child: &mut Child) {
    ask_to_end(child);
    if !ends_within(child, GRACE) {
        let _ = child.kill();
        let _ = child.wait();
    }
}

fn ends_within(child: &mut Child, time: Duration) -> bool {
    let started = Instant::now();
    while matches!(child.try_wait(), Ok(None)) {
        if started.elapsed() > time {
            return false;
        }
        thread::sleep(LOOK);
    }
    true
}

#[cfg(unix)]
fn ask_to_end(child: &Child) {
    if let Ok(id) = i32::try_from(child.id()) {
        let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(id), nix::sys::signal::Signal::SIGTERM);
    }
}

#[cfg(not(unix))]
fn ask_to_end(child: &mut Child) {
    let _ = child.kill();
}

fn lines_of(output: PipeReader) -> Receiver<String> {
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        let mut output = BufReader::new(output);
        let mut bytes = Vec::new();
        while matches!(output.read_until(b'\n', &mut bytes), Ok(1..)) {
            let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
            if sender.send(line).is_err() {
                return;
            }
            bytes.clear();
        }
    });
    lines
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn lines_come_in_order_from_both_streams() {
        let mut seen = Vec::new();
        let mut command = Command::new("sh");
        command.args(["-c", "echo one; echo two >&2; printf three; exit 3"]);
        let status = run(&mut command, |line| {
            seen.push(line.to_owned());
            Ok(())
        })
        .unwrap();
        assert_eq!((seen.join(" ").as_str(), status.code()), ("one two three", Some(3)));
    }

    #[test]
    fn what_a_child_leaves_running_is_not_waited_for() {
        let started = Instant::now();
        let mut left = None;
        let status = run(Command::new("sh").args(["-c", "sleep 60 & echo $!"]), |line| {
            left = Some(nix::unistd::Pid::from_raw(line.parse()?));
            Ok(())
        });
        let waited = started.elapsed();
        nix::sys::signal::kill(left.unwrap(), nix::sys::signal::Signal::SIGTERM).unwrap();
        assert!(status.unwrap().success());
        assert!(waited < Duration::from_secs(30));
    }
}
