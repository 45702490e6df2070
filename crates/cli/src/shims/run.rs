//! `pulltoken shim NAME ARGUMENTS…`: what a shim runs. It becomes the real program, with access to the
//! registry where the project is for it, and untouched elsewhere.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use pulltoken_core::package_managers::{self, PackageManager, Version};
use pulltoken_core::{Error, ErrorCode, Result};

use super::files::NAMES;
use super::search;
use super::trail::{self, Trail};
use crate::agent::alive;
#[cfg(unix)]
use crate::agent::control::{self, Ask};
use crate::agent::info::{self, Told};
use crate::agent::name::{self, AgentName};
use crate::config::Config;
use crate::exec::environment::Environment;
use crate::exec::project::{Arguments, Project};
use crate::exec::tool::{self, Kind};
use crate::exec::user::User;
use crate::output;

/// Steps aside where it is `1`.
const BYPASS: &str = "PULLTOKEN_BYPASS";

/// The arguments after `shim`, if that is what this program was called for. It has no options and
/// reads none: what comes after it is another program's.
pub(crate) fn called(arguments: &[OsString]) -> Option<&[OsString]> {
    match arguments {
        [_, word, rest @ ..] if word == "shim" => Some(rest),
        _ => None,
    }
}

/// Becomes the real program; returns where there is none.
pub(crate) fn run(arguments: &[OsString]) -> ExitCode {
    match become_real(arguments) {
        Ok(code) => code,
        Err(error) => {
            output::report(&error, false);
            ExitCode::from(error.code().exit_code())
        }
    }
}

fn become_real(arguments: &[OsString]) -> Result<ExitCode> {
    let (name, arguments) = arguments
        .split_first()
        .and_then(|(name, rest)| Some((NAMES.into_iter().find(|known| name == known)?, rest)))
        .ok_or_else(|| Error::new(ErrorCode::Usage, "shim is for the files that `pulltoken shims install` writes"))?;
    let inherited = Environment::inherited();
    let process = std::process::id();
    let trail = Trail::read(inherited.get(trail::VARIABLE), process, name)?;
    let path = inherited.get("PATH").unwrap_or_default();
    let program = search::real(name, path, &trail.tried)?;
    let mut environment = match lent(&program, arguments, &inherited) {
        Ok(lent) => lent.unwrap_or(inherited),
        Err(error) => {
            // Whatever is wrong with us, the user's command is to run.
            aside(name, &error);
            inherited
        }
    };
    environment.set_exactly(trail::VARIABLE, trail.with(&program, process, name));
    start(&program, arguments, environment)
}

fn aside(name: &str, error: &Error) {
    output::note(&format!("pulltoken: {}; {name} runs without it\n  hint: {}", error.message(), error.hint()));
}

/// The environment in which the program has access; `None` where it is to run untouched.
///
/// # Errors
/// Why a program that should have access has none.
fn lent(program: &Path, arguments: &[OsString], inherited: &Environment) -> Result<Option<Environment>> {
    if inherited.get(BYPASS) == Some(OsStr::new("1")) {
        return Ok(None);
    }
    let folder = std::env::current_dir().unwrap_or_default();
    let Kind::Manager(manager, version) = tool::kind(program, arguments, &folder) else { return Ok(None) };
    let line = Arguments::read(arguments);
    if !tool::is_runner(program) && package_managers::writes_elsewhere(manager, &line.words) {
        return Ok(None);
    }
    let Some((told, way)) = agent(inherited)? else { return Ok(None) };
    if !told.everywhere && !is_for(&told, manager, &line, inherited)? {
        return Ok(None);
    }
    let Some(reached) = way.reach(told)? else { return Ok(None) };
    through(reached, (manager, version), arguments).map(Some)
}

/// What an agent's folder says, and how to reach it: by the variable, else by the user's own socket,
/// if there is one.
fn agent(inherited: &Environment) -> Result<Option<(Told, Way)>> {
    match inherited.get(name::VARIABLE) {
        Some(value) if !value.is_empty() => {
            let name = AgentName::parse(value.to_str().unwrap_or_default())?;
            Ok(Some((info::read(&name.folder)?, Way::Named(name))))
        }
        #[cfg(unix)]
        _ => socket(),
        #[cfg(not(unix))]
        _ => Ok(None),
    }
}

/// The agent whose socket is at the fixed place: one that runs, or a service that starts when asked.
#[cfg(unix)]
fn socket() -> Result<Option<(Told, Way)>> {
    let Some(folder) = pulltoken_native::existing_private_folder(control::FOLDER) else { return Ok(None) };
    if !control::socket(&folder).exists() || info::ensure_own(&folder).is_err() {
        return Ok(None);
    }
    let told = match info::read(&folder) {
        Ok(told) => told,
        // A service that has never been asked has said nothing yet.
        Err(_) if control::ask(&folder, Ask::Status)?.is_some() => info::read(&folder)?,
        Err(_) => return Ok(None),
    };
    Ok(Some((told, Way::Socket(folder))))
}

/// How an agent is reached.
enum Way {
    /// By its name, which may be that of one that is gone.
    Named(AgentName),
    /// By its socket.
    #[cfg(unix)]
    Socket(PathBuf),
}

impl Way {
    /// The agent's name and what its folder says now; `None` where nobody listens on its socket.
    fn reach(self, told: Told) -> Result<Option<(Told, AgentName)>> {
        match self {
            Self::Named(name) if alive::answers(&name) => Ok(Some((told, name))),
            Self::Named(_) => Err(gone()),
            #[cfg(unix)]
            Self::Socket(folder) => match control::name(&folder)? {
                Some((name, _)) => Ok(Some((info::read(&folder)?, name))),
                None => Ok(None),
            },
        }
    }
}

fn gone() -> Error {
    Error::new(ErrorCode::Network, format!("the agent that {} names is gone", name::VARIABLE))
        .with_hint("evaluate what `pulltoken agent` prints, or unset the variable")
}

/// Whether a package manager would use the registry here anyway, or the user wants it to.
fn is_for(told: &Told, manager: PackageManager, line: &Arguments<'_>, inherited: &Environment) -> Result<bool> {
    let project = Project::find(line)?;
    if project.uses_with(line, manager, inherited, &User::read(inherited), &told.darts()) {
        return Ok(true);
    }
    let listed = Config::of_user()?.map(|config| config.folders()).transpose()?.unwrap_or_default();
    Ok(line.registry.is_none() && lies_below(project.folder(), &listed))
}

fn lies_below(folder: &Path, listed: &[PathBuf]) -> bool {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    listed.iter().any(|one| real(folder).starts_with(real(one)))
}

fn through(
    (told, name): (Told, AgentName),
    which: (PackageManager, Option<Version>),
    arguments: &[OsString],
) -> Result<Environment> {
    let lease = told.lease(&name)?.ok_or_else(gone)?;
    let mut environment = Environment::scrubbed(&[]);
    let user = User::read(&environment);
    for config in lease.prepare(&mut environment, which, arguments, &user)? {
        config.leave_to_successor();
    }
    Ok(environment)
}

/// Becomes the program: nothing of ours stays.
#[cfg(unix)]
fn start(program: &Path, arguments: &[OsString], environment: Environment) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt as _;
    let mut command = std::process::Command::new(program);
    command.args(arguments).env_clear().envs(environment.iter());
    let error = crate::process::with_the_users_limits(|| command.exec());
    let message = format!("`{}` could not be started: {error}", program.display());
    Err(Error::new(ErrorCode::CommandNotExecutable, message))
}

#[cfg(not(unix))]
fn start(program: &Path, arguments: &[OsString], environment: Environment) -> Result<ExitCode> {
    crate::exec::child::run(program, arguments, environment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_word_calls_a_shim() {
        let line = |text: &str| text.split(' ').map(OsString::from).collect::<Vec<_>>();
        assert_eq!(called(&line("pulltoken shim npm --help")), Some(&line("npm --help")[..]));
        assert_eq!(called(&line("pulltoken exec shim")), None);
        assert_eq!(called(&line("pulltoken")), None);
    }

    #[test]
    fn a_listed_folder_holds_what_is_below_it() {
        let root = tempfile::tempdir().unwrap();
        let listed = [root.path().join("work")];
        for folder in ["work/app", "workshop", "play"] {
            std::fs::create_dir_all(root.path().join(folder)).unwrap();
        }
        let below = |folder: &str| lies_below(&root.path().join(folder), &listed);
        assert!(below("work") && below("work/app") && below("play/../work"));
        assert!(!below("workshop") && !below("play") && !below("work/.."));
    }
}
