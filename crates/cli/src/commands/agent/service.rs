//! The agent as a service of the user's own: systemd holds its socket and starts it when somebody
//! connects; launchd keeps it running. Its credential comes from the stored session.

use std::fs;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use etcetera::base_strategy::{BaseStrategy as _, choose_native_strategy};
use listenfd::ListenFd;
use pulltoken_core::text::printable_prefix;
use pulltoken_core::{Error, ErrorCode, Result};

use super::super::credentials::Chain;
use super::server::{Agent, Kind, Limits};
use super::session;
use super::units::{self, Service};
use crate::agent::control;
use crate::common::Common;
use crate::{process, shims};

/// The service's own process.
pub(super) fn run(common: &Common, chain: &Chain, limits: Limits) -> Result<ExitCode> {
    process::leave_environment_behind()?;
    let given = ListenFd::from_env().take_unix_listener(0).map_err(|error| {
        Error::new(ErrorCode::Usage, format!("what LISTEN_FDS announces is no Unix socket: {error}"))
    })?;
    let kind = if given.is_some() { Kind::Activated } else { Kind::Standing };
    let agent = Agent::new(common, chain, limits, kind)?;
    // Shims see by it which projects to ask for.
    agent.tell(0)?;
    let listener: UnixListener = match given {
        Some(listener) => listener,
        None => agent.bind()?,
    };
    agent.serve(listener)?;
    Ok(ExitCode::SUCCESS)
}

/// Writes the service's files, and starts it where the system is at hand.
pub(super) fn install(common: &Common, limits: Limits) -> Result<ExitCode> {
    let folder = session::folder()?;
    let service = Service {
        program: shims::folder::program()?,
        arguments: arguments(common, limits),
        socket: control::socket(&folder),
        files: std::env::var_os("PULLTOKEN_CACHE_DIR").filter(|path| !path.is_empty()).map(PathBuf::from),
    };
    for (path, text) in files(&service)? {
        write(&path, &text)?;
        common.say(&format!("wrote {}", shown(&path)));
    }
    if !ask_system(&start_commands()?) {
        common.say(START_YOURSELF);
    }
    common.say("shims ask it where no shell has set PULLTOKEN_AGENT: put them on PATH with `pulltoken shims install`");
    Ok(ExitCode::SUCCESS)
}

/// Stops the service and removes its files.
pub(super) fn uninstall(common: &Common) -> Result<ExitCode> {
    let installed: Vec<_> = paths()?.into_iter().filter(|path| path.exists()).collect();
    if installed.is_empty() {
        common.say("there is no service");
        return Ok(ExitCode::SUCCESS);
    }
    ask_system(&stop_commands()?);
    for path in installed {
        fs::remove_file(&path).map_err(|error| unwritable(&path, &error))?;
        common.say(&format!("removed {}", shown(&path)));
    }
    Ok(ExitCode::SUCCESS)
}

/// What the service is called with: the addresses that it was installed for.
fn arguments(common: &Common, limits: Limits) -> Vec<String> {
    let mut list: Vec<String> = vec!["agent".into(), "--service".into()];
    let mut flag = |name: &str, value: String| list.push(format!("{name}={value}"));
    flag("--idle", format!("{}s", limits.idle.as_secs().max(1)));
    flag("--max", format!("{}s", limits.max.as_secs().max(1)));
    flag("--api", common.api.as_str().into());
    flag("--issuer", common.issuer.as_str().into());
    flag("--registry", common.registry.as_str().into());
    common.network.connect_to_texts().into_iter().for_each(|rule| flag("--connect-to", rule));
    if let Some(file) = common.network.ca_file().and_then(|file| std::path::absolute(file).ok()) {
        flag("--ca-file", file.display().to_string());
    }
    list
}

#[cfg(not(target_os = "macos"))]
const START_YOURSELF: &str =
    "no systemd of this user answers; start it with `systemctl --user enable --now pulltoken-agent.socket`";
#[cfg(target_os = "macos")]
const START_YOURSELF: &str = "launchd does not answer; the service starts when you log in";

#[cfg(not(target_os = "macos"))]
fn paths() -> Result<Vec<PathBuf>> {
    let folder = base()?.config_dir().join("systemd/user");
    Ok(vec![folder.join(units::SERVICE), folder.join(units::SOCKET)])
}

#[cfg(target_os = "macos")]
fn paths() -> Result<Vec<PathBuf>> {
    let home = base()?.home_dir().to_owned();
    Ok(vec![home.join("Library/LaunchAgents").join(units::PLIST)])
}

#[cfg(not(target_os = "macos"))]
fn files(service: &Service) -> Result<Vec<(PathBuf, String)>> {
    Ok(paths()?.into_iter().zip([units::systemd_service(service)?, units::systemd_socket(service)?]).collect())
}

#[cfg(target_os = "macos")]
fn files(service: &Service) -> Result<Vec<(PathBuf, String)>> {
    Ok(paths()?.into_iter().zip([units::launchd(service)?]).collect())
}

#[cfg(not(target_os = "macos"))]
fn start_commands() -> Result<Vec<Vec<String>>> {
    let of = |words: &str| words.split(' ').map(str::to_owned).collect();
    Ok(vec![of("systemctl --user daemon-reload"), of("systemctl --user enable --now --quiet pulltoken-agent.socket")])
}

#[cfg(not(target_os = "macos"))]
fn stop_commands() -> Result<Vec<Vec<String>>> {
    let of = |words: &str| words.split(' ').map(str::to_owned).collect();
    Ok(vec![of("systemctl --user disable --now --quiet pulltoken-agent.socket pulltoken-agent.service")])
}

#[cfg(target_os = "macos")]
fn start_commands() -> Result<Vec<Vec<String>>> {
    let plist = paths()?.into_iter().map(|path| path.display().to_string());
    Ok(vec![["launchctl", "load", "-w"].into_iter().map(str::to_owned).chain(plist).collect()])
}

#[cfg(target_os = "macos")]
fn stop_commands() -> Result<Vec<Vec<String>>> {
    let plist = paths()?.into_iter().map(|path| path.display().to_string());
    Ok(vec![["launchctl", "unload", "-w"].into_iter().map(str::to_owned).chain(plist).collect()])
}

/// Runs commands of the system's; whether all of them were there and did it.
fn ask_system(commands: &[Vec<String>]) -> bool {
    commands.iter().all(|words| {
        let Some((program, arguments)) = words.split_first() else { return false };
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let ended = process::with_the_users_limits(|| command.spawn()).and_then(|mut child| child.wait());
        ended.is_ok_and(|status| status.success())
    })
}

fn base() -> Result<impl etcetera::base_strategy::BaseStrategy> {
    choose_native_strategy().map_err(|_| {
        Error::new(ErrorCode::FileUnwritable, "there is no home folder for a user's services").with_hint("set HOME")
    })
}

fn write(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    let written = fs::create_dir_all(folder).and_then(|()| fs::write(path, text));
    written.map_err(|error| unwritable(path, &error))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Error {
    Error::new(ErrorCode::FileUnwritable, format!("{} could not be written: {error}", shown(path)))
}

fn shown(path: &Path) -> String {
    printable_prefix(&path.display().to_string(), 200)
}
