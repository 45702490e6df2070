//! `pulltoken identities`: what CI jobs assume with tokens of their own, so that nothing is stored.

mod print;
mod wishes;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use pulltoken_client::ci_identities::{CiIdentitiesMade, NewCiIdentities};
use pulltoken_client::create::Parent;
use pulltoken_core::trust::{Issuer, System};
use pulltoken_core::{Error, ErrorCode, Name, Result, Uidp};

use super::create::Ecosystems;
use crate::common::Common;
use crate::output::{self, Output};
use crate::sessions;
use crate::{ask, connection, parent};

/// Make, list and delete the identities that CI jobs assume with tokens of their own
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    Create(CreateArgs),
    /// List the identities that CI jobs assume
    #[command(visible_alias = "ls")]
    List {
        /// The organisation, by name or identifier; the configured one, else every one that the session
        /// sees
        #[arg(long, env = "PULLTOKEN_PARENT", value_name = "ORGANISATION")]
        parent: Option<String>,
    },
    /// Delete identities that CI jobs assume; an owner may
    #[command(visible_alias = "rm")]
    Delete {
        /// Their identifiers
        #[arg(value_name = "ID", value_parser = Uidp::parse, required = true)]
        ids: Vec<Uidp>,
    },
}

/// Make an identity for each repository, which its jobs assume to pull; an owner may
///
/// What is there already stays as it is: the command can be run again and again. In the job,
/// `pulltoken exec --identity ID -- npm ci` then needs no stored token.
#[derive(clap::Args)]
struct CreateArgs {
    /// The CI system: github, gitlab, jenkins or generic
    #[arg(value_name = "SYSTEM", value_parser = System::parse)]
    system: System,

    /// A repository, as OWNER/NAME; OWNER/* stands for all of that owner. A job's name or URL for
    /// jenkins, the tokens' subject for generic (repeatable)
    #[arg(long, visible_alias = "subject", value_name = "PATTERN", required_unless_present = "repo_file")]
    repo: Vec<String>,

    /// A file with more of them, one a line; - is standard input
    #[arg(long, value_name = "FILE")]
    repo_file: Option<PathBuf>,

    /// A branch; refs/tags/…, and for github pull_request and environment:NAME, too; any of them unless
    /// given (repeatable)
    #[arg(long = "ref", value_name = "REF")]
    references: Vec<String>,

    /// What the jobs may pull: java, python, javascript, …, several with commas
    #[arg(long, visible_aliases = ["library-ecosystem", "ecosystem"], value_name = "ECOSYSTEM,…", value_parser = super::create::parse_ecosystems)]
    repository: Option<Ecosystems>,

    /// The organisation, by name or identifier; the only one unless given
    #[arg(long, env = "PULLTOKEN_PARENT", value_name = "ORGANISATION")]
    parent: Option<String>,

    /// Who signs the tokens, where it is not github.com or gitlab.com
    #[arg(long, value_name = "URL", value_parser = Issuer::parse)]
    issuer_url: Option<Issuer>,

    /// The tokens' audience, where it is not the platform's issuer
    #[arg(long, value_name = "AUDIENCE")]
    audience: Option<String>,

    /// The identity's name, where there is one repository; made of the rule unless given
    #[arg(long, value_parser = Name::parse)]
    name: Option<Name>,

    /// Change an identity of the same name that trusts other jobs
    #[arg(long)]
    replace: bool,

    /// Say what would be done
    #[arg(long)]
    dry_run: bool,
}

/// Makes, lists or deletes.
pub(super) fn run(common: &Common, args: Args) -> Result<ExitCode> {
    common.output.ensure_list()?;
    match args.action {
        Action::Create(args) => create(common, args),
        Action::List { parent } => list(common, parent),
        Action::Delete { ids } => delete(common, &ids),
    }
}

fn create(common: &Common, args: CreateArgs) -> Result<ExitCode> {
    let trusts = wishes::settle(&args)?;
    let ecosystems = match args.repository {
        Some(Ecosystems(ecosystems)) => ecosystems,
        None => ask::ecosystems()?,
    };
    let unnarrowed = args.references.is_empty() && matches!(args.system, System::GitHub | System::GitLab);
    let client = sessions::client(common)?;
    let parent = ask::parent(&client, args.parent, "In which organisation are the identities to be made?")?;
    let wanted = NewCiIdentities { parent, ecosystems, trusts, replace: args.replace };
    let made = if args.dry_run {
        connection::block_on(client.plan_ci_identities(&wanted))?
    } else {
        connection::block_on(async { client.create_ci_identities(&wanted, connection::interrupt()).await })?
    };
    for warning in &made.warnings {
        common.say(&format!("warning: {}", warning.message));
    }
    print::made(common, &made, &wanted.ecosystems, args.dry_run)?;
    if unnarrowed {
        common.say("any branch, tag and pull request of the repository may pull; --ref narrows it");
    }
    finished(made)
}

/// The error of what is left, with all that is left.
fn finished(made: CiIdentitiesMade) -> Result<ExitCode> {
    let Some(error) = made.stopped else { return Ok(ExitCode::SUCCESS) };
    if made.left.is_empty() || made.settled.len() + made.left.len() == 1 {
        return Err(error);
    }
    let left: Vec<_> = made.left.iter().map(|name| format!("`{name}`")).collect();
    let message = format!("{}; {} done, left are {}", error.message(), made.settled.len(), left.join(", "));
    Err(error.with_message(message))
}

fn list(common: &Common, parent: Option<String>) -> Result<ExitCode> {
    let parent = parent::named(parent)?.map(|named| Parent::parse(&named.organization));
    let client = sessions::client(common)?;
    let listing = connection::block_on(client.list_ci_identities(parent.as_ref()))?;
    for warning in &listing.warnings {
        common.say(&format!("warning: {}", warning.message));
    }
    print::list(common, &listing.identities)?;
    Ok(ExitCode::SUCCESS)
}

fn delete(common: &Common, ids: &[Uidp]) -> Result<ExitCode> {
    let client = sessions::client(common)?;
    let mut failed: Option<Error> = None;
    for id in ids {
        match connection::block_on(client.delete_ci_identity(id)) {
            Ok(()) => common.say(&format!("deleted {id}")),
            Err(error) if ids.len() == 1 => return Err(error),
            Err(error) => {
                output::report(&error, common.output == Output::Json);
                failed = Some(error);
            }
        }
    }
    Ok(failed.map_or(ExitCode::SUCCESS, |error: Error| ExitCode::from(ErrorCode::exit_code(error.code()))))
}
