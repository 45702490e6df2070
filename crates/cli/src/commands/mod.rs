//! The commands, and how each ends.

mod agent;
mod check;
mod create;
mod credentials;
mod delete;
mod edit;
mod entitlements;
mod env;
mod exec;
mod get;
pub(crate) mod helper;
mod identities;
mod list;
pub(crate) mod login;
mod logout;
mod renewal;
mod rotate;
mod set_role;
mod shims;
mod status;
mod token;
mod version;

use std::process::ExitCode;

use clap::Subcommand;
use pulltoken_core::ttl::GoDuration;
use pulltoken_core::{Ecosystem, Result};

use crate::common::Common;
use crate::output::{self, Output};

/// The exit code of `exec` for any failure of ours before the command ran.
pub(crate) const OWN_FAILURE: u8 = exec::OWN_FAILURE;

#[derive(Subcommand)]
pub(crate) enum Command {
    Login(login::Args),
    Logout(logout::Args),
    Status(status::Args),
    Token(token::Args),
    Create(create::Args),
    #[command(visible_alias = "ls")]
    List(list::Args),
    Edit(edit::Args),
    Rotate(rotate::Args),
    #[command(visible_alias = "role")]
    SetRole(set_role::Args),
    #[command(visible_alias = "rm")]
    Delete(delete::Args),
    Entitlements(entitlements::Args),
    Identities(identities::Args),
    Get(get::Args),
    Env(env::Args),
    Check(check::Args),
    #[command(visible_alias = "run")]
    Exec(exec::Args),
    Agent(agent::Args),
    Shims(shims::Args),
    Helper(helper::Args),
    /// Print the version
    Version,
}

/// Runs a command and reports how it went.
pub(crate) fn run(common: &Common, command: Command) -> ExitCode {
    let (done, failure_code) = match command {
        Command::Login(args) => (login::run(common, args), None),
        Command::Logout(args) => (logout::run(common, args), None),
        Command::Status(args) => (status::run(common, args), None),
        Command::Token(args) => (token::run(common, args), None),
        Command::Create(args) => (create::run(common, args), None),
        Command::List(args) => (list::run(common, args), None),
        Command::Edit(args) => (edit::run(common, args), None),
        Command::Rotate(args) => (rotate::run(common, args), None),
        Command::SetRole(args) => (set_role::run(common, args), None),
        Command::Entitlements(args) => (entitlements::run(common, args), None),
        Command::Identities(args) => (identities::run(common, args), None),
        Command::Delete(args) => (delete::run(common, args), None),
        Command::Get(args) => (get::run(common, args), None),
        Command::Env(args) => (env::run(common, args), None),
        Command::Check(args) => (check::run(common, args), None),
        Command::Exec(args) => (exec::run(common, args), Some(exec::failure_code as fn(_) -> _)),
        Command::Shims(args) => (shims::run(common, args), None),
        Command::Agent(args) => (agent::run(common, args), None),
        Command::Helper(args) => (helper::run(common, args), None),
        Command::Version => (version::run(common), None),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            output::report(&error, common.output == Output::Json);
            let code = error.code();
            ExitCode::from(failure_code.map_or(code.exit_code(), |of| of(code)))
        }
    }
}

/// The ecosystem to use: the one named, else the project's.
///
/// # Errors
/// Those of reading a project's `pulltoken.toml`.
fn ecosystem(named: Option<Ecosystem>) -> Result<Ecosystem> {
    named.map_or_else(crate::project::ecosystem, Ok)
}

/// A time as people say it: a Go duration, or a number of days such as `14d`.
///
/// # Errors
/// `invalid_ttl`.
fn parse_days(text: &str) -> Result<GoDuration> {
    let hours = text
        .strip_suffix('d')
        .and_then(|days| days.parse::<u32>().ok())
        .map(|days| format!("{}h", u64::from(days) * 24));
    GoDuration::parse(hours.as_deref().unwrap_or(text))
        .map_err(|error| error.with_hint("write a time such as 14d, 36h or 90m"))
}
