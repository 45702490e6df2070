//! `pulltoken shims`: plain `npm install` with access.

use std::path::PathBuf;
use std::process::ExitCode;

use pulltoken_core::Result;

use crate::common::Common;
use crate::output::{self, Output};
use crate::shell::Shell;
use crate::shims::{files, folder};

/// Put npm, npx, pnpm, pnpx, yarn, yarnpkg, bun, bunx and corepack in a folder for the front of PATH
///
/// Each starts the real one; in projects of the registry it has access through the agent that
/// `pulltoken agent` started. PULLTOKEN_BYPASS=1 steps aside.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Write them, and print the line that puts them at the front of PATH
    Install(Install),
    /// Remove them
    Remove(Place),
}

#[derive(clap::Args)]
struct Install {
    #[command(flatten)]
    place: Place,

    /// The shell that the line is for
    #[arg(long, value_enum, default_value_t = Shell::of_system())]
    shell: Shell,
}

#[derive(clap::Args)]
struct Place {
    /// The folder; one of the user's own unless given
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
}

impl Place {
    fn folder(self) -> Result<PathBuf> {
        match self.dir {
            Some(folder) => Ok(std::path::absolute(&folder).unwrap_or(folder)),
            None => folder::of_user(),
        }
    }
}

/// Installs or removes.
pub(super) fn run(common: &Common, args: Args) -> Result<ExitCode> {
    match args.action {
        Action::Install(install) => {
            let folder = install.place.folder()?;
            files::write(&folder, &folder::program()?)?;
            if common.output == Output::Json {
                output::print_json(&serde_json::json!({ "folder": folder, "shims": files::NAMES }))?;
                return Ok(ExitCode::SUCCESS);
            }
            common.say(&format!(
                "{} shims are in {}; at the front of PATH they count:",
                files::NAMES.len(),
                folder.display()
            ));
            output::print(&install.shell.prepend_path(&folder)?)?;
        }
        Action::Remove(place) => {
            let folder = place.folder()?;
            match files::remove(&folder)? {
                0 => common.say(&format!("there are no shims in {}", folder.display())),
                _ => common.say(&format!("the shims in {} are removed; take it off PATH", folder.display())),
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
