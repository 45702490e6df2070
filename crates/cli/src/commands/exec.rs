//! `pulltoken exec`: run a command with access just in time.

use std::ffi::OsString;
use std::process::ExitCode;

use pulltoken_core::{Ecosystem, Error, ErrorCode, Result};

use super::credentials::{self, Chain, Purpose};
use crate::common::Common;
use crate::exec;
use crate::input;
use crate::output;

/// The exit code for any failure of ours before the command ran.
pub(super) const OWN_FAILURE: u8 = 125;

/// Run npm with access to the registry, just in time
///
/// npm reads a user configuration that exists for this run alone and names a variable; the secret
/// is in that variable of npm's environment and in no file. Exit code and signals are npm's.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The ecosystem; npm's is javascript
    #[arg(long, visible_aliases = ["library-ecosystem", "ecosystem"], value_name = "ECOSYSTEM", value_parser = Ecosystem::parse)]
    repository: Option<Ecosystem>,

    /// Give the credential to the command itself, bound to the registry's host; so far the only way
    #[arg(long)]
    direct: bool,

    /// Run the command without credentials where there are none
    #[arg(long)]
    if_available: bool,

    /// Leave this secret variable in the command's environment
    #[arg(long, value_name = "NAME")]
    keep_env: Vec<String>,

    #[command(flatten)]
    chain: Chain,

    /// The command and its arguments
    #[arg(value_name = "COMMAND", required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<OsString>,
}

/// Runs the command; its exit code is the result.
pub(super) fn run(common: &Common, args: Args) -> Result<ExitCode> {
    let Some((program, arguments)) = args.command.split_first() else {
        return Err(Error::new(ErrorCode::Usage, "no command was given"));
    };
    if input::variable("PULLTOKEN_REQUIRE_SEALED").is_some_and(|value| value == "1") {
        let message =
            "PULLTOKEN_REQUIRE_SEALED=1 forbids giving the credential to the command, and exec has no other way yet";
        return Err(Error::new(ErrorCode::Usage, message).with_hint("unset PULLTOKEN_REQUIRE_SEALED to allow it"));
    }
    let program = exec::program::find(program)?;
    let ecosystem = args.repository.unwrap_or(Ecosystem::JavaScript);
    if ecosystem != Ecosystem::JavaScript {
        let message = format!("npm pulls javascript, not {ecosystem}");
        return Err(Error::new(ErrorCode::Usage, message).with_hint("leave --repository out, or name javascript"));
    }
    let environment = exec::environment::Environment::scrubbed(&args.keep_env);
    let lent = match credentials::find(common, ecosystem, &args.chain, Purpose::Command) {
        Ok(lent) => lent,
        Err(error) if args.if_available && matches!(error.code(), ErrorCode::NoCredentials | ErrorCode::NoCiToken) => {
            output::note(&format!("running without credentials: {}", error.message()));
            return exec::child::run(&program, arguments, environment);
        }
        Err(error) => return Err(error),
    };
    let done = exec::npm::run(common, &program, arguments, &lent.found.credentials, environment);
    credentials::give_back(common, &lent);
    done
}

/// The command's own failures to start have their customary codes; everything else is ours.
pub(super) fn failure_code(code: ErrorCode) -> u8 {
    match code {
        ErrorCode::CommandNotFound | ErrorCode::CommandNotExecutable => code.exit_code(),
        _ => OWN_FAILURE,
    }
}
