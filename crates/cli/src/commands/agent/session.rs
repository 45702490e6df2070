//! An agent of the user's own: one, at a fixed place. This starts it, asks it and ends it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use pulltoken_client::stored::Place;
use pulltoken_core::text::printable_prefix;
use pulltoken_core::{Ecosystem, Error, ErrorCode, Result};
use serde_json::json;

use super::super::credentials::{self, Purpose};
use super::server::Limits;
use super::{Action, Args, Life, service, start};
use crate::agent::control::{self, Answer, Ask, FOLDER, Status};
use crate::agent::name::{self, AgentName};
use crate::ask;
use crate::common::Common;
use crate::output::{self, Output};
use crate::process;
use crate::shims;

/// How long one that is ending may take to be gone.
const ENDING: (u32, Duration) = (500, Duration::from_millis(20));

pub(super) fn run(common: &Common, args: &Args) -> Result<ExitCode> {
    let limits = |life: Life| Limits { idle: life.idle, max: life.max };
    match &args.action {
        Some(Action::Status) => return status(common),
        Some(Action::Stop) => return stop(common),
        Some(Action::Install(life)) => return service::install(common, limits(*life)),
        Some(Action::Uninstall) => return service::uninstall(common),
        None if args.background => return start::run(common, &args.chain, limits(args.life)),
        None if args.service => return service::run(common, &args.chain, limits(args.life)),
        None => {}
    }
    process::leave_environment_behind()?;
    let folder = folder()?;
    let name = running_or_new(common, args, &folder)?;
    let programs = folder.join("bin");
    shims::files::write(&programs, &shims::folder::program()?)?;
    // The purpose of the command: the shell sets it. It opens the proxy and nothing else.
    let mut lines = args.shell.set(name::VARIABLE, name.to_text().expose())?;
    if !shims::folder::is_in_front(&programs, &std::env::var_os("PATH").unwrap_or_default()) {
        lines.push_str(&args.shell.prepend_path(&programs)?);
    }
    output::print(&lines)?;
    Ok(ExitCode::SUCCESS)
}

fn running_or_new(common: &Common, args: &Args, folder: &Path) -> Result<AgentName> {
    // Two shells that begin at the same time have one agent.
    let starting = lock_file(folder, "start.lock")?;
    starting.lock().map_err(|error| unwritable(folder, &error))?;
    match control::name(folder)? {
        Some((name, running)) if running == place(common) => return Ok(name),
        Some(_) => {
            let message = "an agent is running that lends access to another registry, or by other addresses";
            return Err(Error::new(ErrorCode::Usage, message).with_hint("end it first with `pulltoken agent stop`"));
        }
        None => {}
    }
    super::super::exec::warn_of_open_ancestor(common);
    let handover = start::Handover::new(&args.chain)?;
    match start::start(&handover) {
        Err(error)
            if error.code() == ErrorCode::NoCredentials && !args.chain.password_stdin && ask::somebody_is_there() =>
        {
            // Offers to sign in; the agent itself has nobody to ask.
            let lent = credentials::find(common, Ecosystem::JavaScript, &args.chain, Purpose::Command)?;
            credentials::give_back(common, &lent);
            start::start(&handover)
        }
        done => done,
    }
}

fn status(common: &Common) -> Result<ExitCode> {
    let Some(Answer::Status(status)) = ask_if_any(Ask::Status)? else {
        return Err(Error::new(ErrorCode::NotFound, "no agent is running")
            .with_hint("start one with `eval \"$(pulltoken agent)\"`"));
    };
    if common.output == Output::Json {
        output::print_json(&json!({
            "process": status.process,
            "port": status.port,
            "registry": status.registry,
            "idleSeconds": status.idle_seconds,
            "idleLimitSeconds": status.idle_limit_seconds,
            "secondsLeft": status.seconds_left,
            "service": status.service,
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    let Status { process, registry, idle_seconds, idle_limit_seconds, seconds_left, .. } = status;
    let state = if status.port.is_some() { "lends access to" } else { "waits to be asked for access to" };
    output::print(&format!(
        "process {process} {state} {}; unused for {} of {}, ends in {} at the latest\n",
        printable_prefix(&registry, 200),
        shown(idle_seconds),
        shown(idle_limit_seconds),
        shown(seconds_left),
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// Seconds as people say them.
fn shown(seconds: u64) -> String {
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds}s"),
        (0, minutes, seconds) => format!("{minutes}m{seconds}s"),
        (hours, minutes, _) => format!("{hours}h{minutes}m"),
    }
}

fn stop(common: &Common) -> Result<ExitCode> {
    common.say(match ask_if_any(Ask::Stop)? {
        Some(_) => "the agent has forgotten the credential and ended",
        None => "no agent is running",
    });
    Ok(ExitCode::SUCCESS)
}

/// Ends an agent of the same addresses: whoever signs out wants it to forget.
pub(crate) fn forget(common: &Common) {
    let stopped = ask_if_any(Ask::Status).and_then(|answer| match answer {
        Some(Answer::Status(status)) if status.place == place(common) => ask_if_any(Ask::Stop),
        _ => Ok(None),
    });
    match stopped {
        Ok(Some(_)) => common.say("the agent has forgotten the credential and ended"),
        Ok(None) => {}
        Err(error) => output::report(&error, common.output == Output::Json),
    }
}

/// Asks the agent that runs, if one does. A service that nobody has used yet is not started for it.
fn ask_if_any(what: Ask) -> Result<Option<Answer>> {
    let Some(folder) = pulltoken_native::existing_private_folder(FOLDER) else { return Ok(None) };
    if lock_file(&folder, LOCK)?.try_lock().is_ok() {
        return Ok(None);
    }
    control::ask(&folder, what)
}

/// The agent's folder. It stays when an agent ends: shells have its name still, and nobody else is to
/// put authorities there.
///
/// # Errors
/// `file_unwritable`.
pub(super) fn folder() -> Result<PathBuf> {
    pulltoken_native::private_folder(FOLDER)
}

/// The addresses that an agent is for, as one text.
pub(super) fn place(common: &Common) -> String {
    Place::new(&common.endpoints(), common.network.connect_to_texts()).key("")
}

const LOCK: &str = "lock";

/// Takes the lock that says that an agent lives; one that is ending is waited for.
///
/// # Errors
/// `already_exists`.
pub(super) fn lock(folder: &Path) -> Result<File> {
    let file = lock_file(folder, LOCK)?;
    let (tries, pause) = ENDING;
    for _ in 0..tries {
        if file.try_lock().is_ok() {
            return Ok(file);
        }
        std::thread::sleep(pause);
    }
    Err(Error::new(ErrorCode::AlreadyExists, "an agent of yours is running, and does not answer")
        .with_hint("end its process and try again"))
}

fn lock_file(folder: &Path, name: &str) -> Result<File> {
    let options = File::options().create(true).truncate(false).write(true).open(folder.join(name));
    options.map_err(|error| unwritable(folder, &error))
}

fn unwritable(folder: &Path, error: &std::io::Error) -> Error {
    let shown = printable_prefix(&folder.display().to_string(), 200);
    Error::new(ErrorCode::FileUnwritable, format!("{shown} could not be written to: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short() {
        assert_eq!([0, 59, 61, 3600, 45_000].map(shown), ["0s", "59s", "1m1s", "1h0m", "12h30m"]);
    }
}
