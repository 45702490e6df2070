//! `pulltoken agent`: the sealed registry for longer than one command.

mod stdio;

use std::process::ExitCode;
use std::sync::Arc;

use pulltoken_core::{Ecosystem, Result};
use pulltoken_sealed::SealedOptions;

use super::credentials::{self, Chain, Purpose};
use super::renewal::Renewal;
use crate::common::Common;
use crate::exec::environment::Environment;
use crate::exec::sealed::{Repositories, Sealed};
use crate::exec::user::User;
use crate::process;

/// Keep the sealed registry open for a whole shell session
///
/// Like ssh-agent: `eval "$(pulltoken agent)"`, and plain npm, pnpm, yarn and bun have access in
/// projects of the registry. The credential stays in the agent.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// For tools: print one line of JSON and serve until standard input is closed
    #[arg(long, hide = true)]
    stdio: bool,

    #[command(flatten)]
    chain: Chain,
}

/// Runs it.
pub(super) fn run(common: &Common, args: Args) -> Result<ExitCode> {
    process::leave_environment_behind()?;
    stdio::serve(common, &args.chain)
}

/// A proxy with the credential that the providers have.
fn open(common: &Common, chain: &Chain, environment: &Environment) -> Result<(Sealed, Arc<Renewal>)> {
    // Good for some minutes is enough: the next is asked for in time.
    let lent = credentials::find(common, Ecosystem::JavaScript, chain, Purpose::Command)?;
    let renewal = Renewal::new(common, chain, lent);
    let repositories = Repositories::of_registry(&common.registry, Ecosystem::JavaScript);
    let options = |server| {
        let mut options = SealedOptions::new(server, Ecosystem::JavaScript, renewal.first());
        options.hash_downloads = false;
        if renewal.is_possible() {
            options.renew = Some(Arc::clone(&renewal) as _);
        }
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
