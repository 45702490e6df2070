//! pnpm's `tokenHelper`: a program whose standard output is the value of `Authorization`.
//!
//! pnpm 9 and 10 hand the setting to a shell and take an absolute path without arguments alone; 11 and
//! 12 split it at white space, without a shell. Each refuses quotes and variables. All four take an
//! answer with a scheme as it is, ask one to three times in an install, and read the setting from the
//! user's own files only. A key covers the paths below its own.

use std::path::{Path, PathBuf};

use pulltoken_core::formats::{RenderOptions, npmrc};
use pulltoken_core::package_managers::PackageManager;
use pulltoken_core::text::printable_prefix;
use pulltoken_core::{Credentials, Ecosystem, Error, ErrorCode, Result, Secret};
use pulltoken_native::{Here, Wanted, now};

use crate::commands::credentials::{self, Chain, Purpose};
use crate::common::Common;
use crate::exec::detours;
use crate::{input, output, sessions, shims};

/// The small program that answers where no arguments can be given; a link to the whole one under this
/// name does the same.
pub(crate) const SMALL: &str = "pulltoken-helper-pnpm";

/// Print what pnpm sends the registry: its tokenHelper
///
/// With --print-config, the lines for ~/.npmrc that make every pnpm from 9 on ask. They name
/// `pulltoken-helper-pnpm`, which is installed beside this program: pnpm 9 and 10 give no arguments.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Print the lines that belong into ~/.npmrc; they hold no secret
    #[arg(long)]
    print_config: bool,

    #[command(flatten)]
    chain: Chain,
}

impl Args {
    /// What the flags are where the command line has none; `None` where variables name whose credential
    /// it is to be.
    pub(super) fn of_environment() -> Option<Self> {
        Some(Self { print_config: false, chain: Chain::of_environment()? })
    }
}

/// The header, or the lines.
pub(super) fn run(common: &Common, args: Args) -> Result<Secret> {
    if args.print_config {
        return config(common).map(Secret::new);
    }
    refuse_detours()?;
    let ecosystem = Ecosystem::JavaScript;
    let lent = credentials::find(common, ecosystem, &args.chain, Purpose::Helper)?;
    credentials::keep(common, ecosystem, &lent)?;
    Ok(header(&lent.found.credentials))
}

/// The header, where nobody has to be asked for it.
///
/// # Errors
/// Those of a project that could have it given away; `no_credentials` and its like.
pub(super) fn at_hand(common: &Common) -> Result<Option<Secret>> {
    refuse_detours()?;
    let sessions = sessions::of_user(common);
    let here = Here { sessions: &sessions, variable: &input::variable, now: now() };
    let wanted = Wanted::for_so_long(Ecosystem::JavaScript, Purpose::Helper.seconds());
    let found = here.find(&wanted, &mut |_| {})?;
    Ok(found.ok().map(|found| header(&found.credentials)))
}

fn header(credentials: &Credentials) -> Secret {
    // Goes to pnpm, which asked for it.
    Secret::new(format!("Basic {}\n", credentials.basic().expose()))
}

/// Answers nothing where pnpm was made to believe whomever a project names. pnpm asks in the project's
/// folder.
fn refuse_detours() -> Result<()> {
    let Ok(folder) = std::env::current_dir() else { return Ok(()) };
    match detours::of_direct(PackageManager::Pnpm, &folder).first() {
        None => Ok(()),
        Some(detour) => {
            let message = format!("{detour}: pnpm could be made to give the credential away");
            let hint =
                "move the setting to your own ~/.npmrc; or run pnpm by `pulltoken exec`, which does not depend on it";
            Err(Error::new(ErrorCode::Usage, message).with_hint(hint))
        }
    }
}

/// The registry, and both of its paths with the program to ask.
fn config(common: &Common) -> Result<String> {
    let small = small()?;
    let options = RenderOptions::new(Ecosystem::JavaScript, common.registry.clone());
    let registry = options.repository_urls().into_iter().next().unwrap_or_default();
    let keys = npmrc::darts(&options).into_iter().map(|dart| format!("{dart}:tokenHelper={small}\n"));
    Ok(std::iter::once(format!("registry={registry}\n")).chain(keys).collect())
}

/// The path of the small program, which has to lie beside this one. Says what stands for it where it is
/// missing.
fn small() -> Result<String> {
    let program = shims::folder::program()?;
    let small = beside(&program, SMALL);
    let Some(text) = small.to_str().filter(|text| is_plain(text)) else {
        let shown = printable_prefix(&small.to_string_lossy(), 200);
        let message = format!("pnpm cannot call `{shown}`: its path may have no spaces, quotes or signs of a shell");
        return Err(Error::new(ErrorCode::Usage, message).with_hint("put pulltoken into a folder of a plain name"));
    };
    if !small.exists() {
        output::note(&format!(
            "make what these lines name, a link to this program:\n  ln -s {} {text}",
            program.display()
        ));
    }
    Ok(text.to_owned())
}

/// The path of a program of this name that was installed with this one.
pub(super) fn beside(program: &Path, name: &str) -> PathBuf {
    let mut other = program.with_file_name(name);
    if let Some(extension) = program.extension() {
        other.set_extension(extension);
    }
    other
}

/// Whether neither a shell nor pnpm reads anything into a path.
fn is_plain(path: &str) -> bool {
    path.chars().all(|c| c.is_ascii_alphanumeric() || "/._-+:@".contains(c) || (cfg!(windows) && c == '\\'))
}

#[cfg(test)]
impl Args {
    /// All of it, to compare.
    pub(super) fn told(&self) -> String {
        let Chain { username, password_stdin, identity, mint, parent, ttl } = &self.chain;
        let identity = identity.as_ref().map(ToString::to_string);
        format!("{} {username:?} {password_stdin} {identity:?} {mint} {parent:?} {}", self.print_config, ttl.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_small_program_lies_beside_this_one() {
        assert_eq!(beside(Path::new("/usr/bin/pulltoken"), SMALL), Path::new("/usr/bin/pulltoken-helper-pnpm"));
        assert_eq!(beside(Path::new("/opt/pulltoken.exe"), SMALL), Path::new("/opt/pulltoken-helper-pnpm.exe"));
    }

    #[test]
    fn a_path_that_a_shell_would_read_is_no_plain_one() {
        assert!(is_plain("/home/some.one/.local/bin/pulltoken-helper-pnpm"));
        for path in ["/My Tools/x", "/a'b/x", "/a$(id)/x", "/a;b/x", "/a`b/x", "/a%b/x", "/~a/x"] {
            assert!(!is_plain(path), "{path}");
        }
    }
}
