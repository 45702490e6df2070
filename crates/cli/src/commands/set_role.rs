//! `pulltoken set-role`: what a token opens.

use std::process::ExitCode;

use pulltoken_core::{Error, ErrorCode, Result, Uidp};

use super::create::Ecosystems;
use crate::common::Common;
use crate::connection;
use crate::output::{self, Output};
use crate::sessions;

/// Give a pull token the roles of these ecosystems and take its other pull roles away
///
/// This is what the console's Edit role and Delete do by hand. New roles are bound before old ones
/// go, so that the token is never without one.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The token's identifier
    #[arg(value_name = "ID", value_parser = Uidp::parse)]
    id: Uidp,

    /// What it is to open: java, python, javascript, …, several with commas
    #[arg(long, visible_aliases = ["library-ecosystem", "ecosystem"], value_name = "ECOSYSTEM,…", value_parser = super::create::parse_ecosystems)]
    repository: Option<Ecosystems>,
}

/// Re-binds.
pub(super) fn run(common: &Common, args: Args) -> Result<ExitCode> {
    let Some(Ecosystems(ecosystems)) = args.repository else {
        return Err(Error::new(ErrorCode::EcosystemRequired, "--repository is missing: a role is for an ecosystem"));
    };
    let client = sessions::client(common)?;
    let change = connection::block_on(client.set_role(&args.id, &ecosystems))?;
    if common.output == Output::Json {
        output::print_json(&change)?;
    } else if change.added.is_empty() && change.removed.is_empty() {
        common.say("nothing to change");
    } else {
        change.added.iter().for_each(|role| common.say(&format!("added {role}")));
        change.removed.iter().for_each(|role| common.say(&format!("removed {role}")));
    }
    Ok(ExitCode::SUCCESS)
}
