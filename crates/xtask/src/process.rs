//! Runs a program to its end, line by line, with Ctrl-C passed on.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::interrupt;

/// How long to wait for output before looking at the child and at Ctrl-C again.
const LOOK: Duration = Duration::from_millis(50);
/// How long a child has to end after it was asked to.
const GRACE: Duration = Duration::from_secs(5);
/// How long what a child left running may go on writing to its log.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Runs `command` without standard input and hands each line of its output, and of its errors, to `on_line`.
///
/// # Errors
/// The program is not there, a line could not be taken, or the user interrupted.
pub(crate) fn run(command: &mut Command, mut on_line: impl FnMut(&str) -> Result<()>) -> Result<ExitStatus> {
    let mut child = spawn(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let (sender, lines) = mpsc::channel();
    read_lines(child.stdout.take(), sender.clone());
    read_lines(child.stderr.take(), sender);

    let mut ended: Option<(ExitStatus, Instant)> = None;
    loop {
        match lines.recv_timeout(LOOK) {
            Ok(line) => on_line(&line)?,
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {}
        }
        if interrupt::requested() {
            end(&mut child);
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
    let asked = Instant::now();
    while asked.elapsed() < GRACE {
        if !matches!(child.try_wait(), Ok(None)) {
            return;
        }
        thread::sleep(LOOK);
    }
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(unix)]
fn ask_to_end(child: &Child) {
    if let Some(id) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        let _ = rustix::process::kill_process(id, rustix::process::Signal::TERM);
    }
}

#[cfg(not(unix))]
fn ask_to_end(child: &mut Child) {
    let _ = child.kill();
}

fn read_lines(stream: Option<impl Read + Send + 'static>, lines: Sender<String>) {
    let Some(stream) = stream else { return };
    thread::spawn(move || {
        let mut stream = BufReader::new(stream);
        let mut bytes = Vec::new();
        while matches!(stream.read_until(b'\n', &mut bytes), Ok(1..)) {
            let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
            if lines.send(line).is_err() {
                return;
            }
            bytes.clear();
        }
    });
}
