//! `pulltoken agent`: the sealed registry for longer than one command.

#![cfg_attr(not(unix), allow(dead_code, reason = "the flags are the same where there is no agent"))]

#[cfg(unix)]
mod server;
#[cfg(unix)]
mod service;
#[cfg(unix)]
mod session;
#[cfg(unix)]
mod start;
mod stdio;
#[cfg(unix)]
mod units;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use pulltoken_core::{Ecosystem, Result};

use super::credentials::{self, Chain};
use super::renewal::Renewal;
use crate::common::Common;
use crate::ending::Ending;
use crate::exec::environment::Environment;
use crate::exec::sealed::{Repositories, Sealed};
use crate::exec::user::User;
use crate::network;
use crate::process;
use crate::shell::Shell;

#[cfg(unix)]
pub(super) use session::forget;

/// Keep the sealed registry open for a whole shell session
///
/// Like ssh-agent: after `eval "$(pulltoken agent)"` plain npm, pnpm, yarn and bun have access in
/// projects of the registry. The credential stays in the agent, which runs in the background.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Option<Action>,

    /// The shell that reads what is printed
    #[arg(long, value_enum, default_value_t = Shell::of_system())]
    shell: Shell,

    #[command(flatten)]
    life: Life,

    /// For tools: print one line of JSON and serve until standard input is closed
    #[arg(long, hide = true, conflicts_with_all = ["background", "service"])]
    stdio: bool,

    /// The agent's own process
    #[arg(long, hide = true)]
    background: bool,

    /// The agent's own process, as the user's service
    #[arg(long, hide = true, conflicts_with = "background")]
    service: bool,

    #[command(flatten)]
    chain: Chain,
}

/// Flags on how long an agent lives.
#[derive(clap::Args, Clone, Copy)]
struct Life {
    /// End after this time without use
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = network::limit)]
    idle: Duration,

    /// End after this time in any case
    #[arg(long, value_name = "TIME", default_value = "12h", value_parser = network::limit)]
    max: Duration,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Tell whether an agent is running, and for how long
    Status,
    /// End it: it forgets the credential
    Stop,
    /// Make it a service of the user's own, for editors that never see the shell's variables
    Install(Life),
    /// Take the service away
    Uninstall,
}

/// Runs it.
pub(super) fn run(common: &Common, args: Args) -> Result<ExitCode> {
    if args.stdio {
        process::leave_environment_behind()?;
        return stdio::serve(common, &args.chain);
    }
    #[cfg(unix)]
    return session::run(common, &args);
    #[cfg(not(unix))]
    Err(pulltoken_core::Error::new(pulltoken_core::ErrorCode::Usage, "there is no agent on this system yet")
        .with_hint("run commands by `pulltoken exec`"))
}

/// Where there is no agent, there is none to forget anything.
#[cfg(not(unix))]
pub(super) fn forget(_common: &Common) {}

/// A proxy with the credential that the providers have, for so long; `ending` cuts the search short.
fn open(
    common: &Common,
    chain: &Chain,
    environment: &Environment,
    lifetime: Option<Duration>,
    ending: &Ending,
) -> Result<(Sealed, Arc<Renewal>)> {
    // Good for some minutes is enough: the next is asked for in time.
    let lent = credentials::find_quietly(common, Ecosystem::JavaScript, chain, ending)?;
    let renewal = Renewal::new(common, chain, lent);
    let repositories = Repositories::of_registry(&common.registry, Ecosystem::JavaScript);
    let options = |server| {
        let mut options = renewal.options(server);
        options.hash_downloads = false;
        options.lifetime = options.lifetime.max(lifetime.unwrap_or_default());
        options
    };
    match Sealed::open(common, repositories, &User::read(environment), options) {
        Ok(sealed) => Ok((sealed, renewal)),
        Err(error) => {
            renewal.give_back(common);
            Err(error)
        }
    }
}
