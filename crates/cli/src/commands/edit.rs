//! `pulltoken edit`: another name or description.

use std::process::ExitCode;

use pulltoken_core::api::identity_update::Change;
use pulltoken_core::{Description, Name, Result, Uidp};

use crate::common::Common;
use crate::connection;
use crate::sessions;

/// Change a pull token's name or description; everything else about it stays
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The token's identifier
    #[arg(value_name = "ID", value_parser = Uidp::parse)]
    id: Uidp,

    /// The new name
    #[arg(long, value_parser = Name::parse, allow_hyphen_values = true)]
    name: Option<Name>,

    /// The new description; may be empty
    #[arg(long, value_parser = Description::parse, allow_hyphen_values = true)]
    description: Option<Description>,
}

/// Changes.
pub(super) fn run(common: &Common, args: Args) -> Result<ExitCode> {
    let client = sessions::client(common)?;
    let change = Change { name: args.name, description: args.description, expires_at: None };
    connection::block_on(client.update_pull_token(&args.id, change))?;
    common.say(&format!("changed {}", args.id));
    Ok(ExitCode::SUCCESS)
}
