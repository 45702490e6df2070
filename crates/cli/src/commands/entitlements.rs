//! `pulltoken entitlements`: which ecosystems an organisation may pull.

use std::process::ExitCode;

use clap::Subcommand;
use pulltoken_core::api::entitlements::{Entitlement, Policy};
use pulltoken_core::api::groups::Group;
use pulltoken_core::{Error, ErrorCode, Result, Uidp};

use super::create::Ecosystems;
use crate::common::Common;
use crate::output::{self, Output};
use crate::sessions;
use crate::table::Rows;
use crate::{ask, connection};

/// List, create and delete an organisation's entitlements
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// List the entitlements
    List {
        /// The organisation, by name or identifier; the only one unless given
        #[arg(long, env = "PULLTOKEN_PARENT", value_name = "ORGANISATION")]
        parent: Option<String>,
    },
    /// Entitle the organisation to ecosystems; an owner may
    Create {
        /// The ecosystems, several with commas
        #[arg(long, visible_aliases = ["ecosystem", "repository"], value_name = "ECOSYSTEM,…", value_parser = super::create::parse_ecosystems)]
        ecosystems: Ecosystems,
        /// The organisation, by name or identifier; the only one unless given
        #[arg(long, env = "PULLTOKEN_PARENT", value_name = "ORGANISATION")]
        parent: Option<String>,
        /// POLICY_CHAINGUARD, or POLICY_CHAINGUARD_AND_UPSTREAM
        #[arg(long, value_parser = Policy::parse)]
        policy: Option<Policy>,
        /// Days that an upstream version must have been out, at most 3650
        #[arg(long, value_name = "DAYS")]
        cooldown_days: Option<u32>,
    },
    /// Take entitlements away; an owner may
    Delete {
        /// Their identifiers
        #[arg(value_name = "ID", value_parser = Uidp::parse, required = true)]
        ids: Vec<Uidp>,
    },
}

/// Lists, creates or deletes.
pub(super) fn run(common: &Common, args: Args) -> Result<ExitCode> {
    common.output.ensure_list()?;
    let client = sessions::client(common)?;
    match args.action {
        Action::List { parent } => {
            let parent = ask::parent(&client, parent, "Whose entitlements?")?;
            let (organization, list) = connection::block_on(client.list_entitlements(&parent))?;
            print(common, &organization, &list)?;
        }
        Action::Create { ecosystems: Ecosystems(ecosystems), parent, policy, cooldown_days } => {
            let parent = ask::parent(&client, parent, "Which organisation is to be entitled?")?;
            // All of them are looked at before the first is asked for.
            if let Some(ecosystem) = ecosystems.iter().find(|ecosystem| ecosystem.entitlement_number().is_none()) {
                let message = format!("an entitlement for {ecosystem} cannot be created here");
                return Err(Error::new(ErrorCode::Usage, message).with_hint("ask the vendor for it"));
            }
            let (mut made, mut organization) = (Vec::new(), None);
            for ecosystem in ecosystems {
                let (group, entitlement) =
                    connection::block_on(client.create_entitlement(&parent, ecosystem, policy, cooldown_days))?;
                made.push(entitlement);
                organization = Some(group);
            }
            if let Some(organization) = organization {
                print(common, &organization, &made)?;
            }
        }
        Action::Delete { ids } => {
            for id in ids {
                connection::block_on(client.delete_entitlement(&id))?;
                common.say(&format!("deleted {id}"));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn print(common: &Common, organization: &Group, list: &[Entitlement]) -> Result<()> {
    match common.output {
        Output::Json => output::print_json(&list),
        Output::None => Ok(()),
        Output::Id => output::print(&list.iter().map(|one| format!("{}\n", one.id)).collect::<String>()),
        Output::Csv => output::print(&rows(list).csv()),
        Output::Markdown => output::print(&rows(list).markdown()),
        Output::Table | Output::Wide | Output::Format(_) => {
            let heading = format!(
                "Ecosystem Library Entitlements for {} ({})",
                organization.shown(),
                short(organization.id.as_str())
            );
            output::print(&format!("{heading}\n\n{}", rows(list).aligned()))
        }
    }
}

fn rows(list: &[Entitlement]) -> Rows {
    let row = |one: &Entitlement| {
        let days = format!("{} days", one.cooldown_days);
        vec![one.id.clone(), one.ecosystem.to_string(), one.policy.to_string(), one.source.to_string(), days]
    };
    Rows { columns: vec!["ID", "ECOSYSTEM", "POLICY", "SOURCE", "COOLDOWN"], rows: list.iter().map(row).collect() }
}

/// The first four and the last six characters: enough to recognise an identifier by.
fn short(id: &str) -> String {
    format!("{}...{}", &id[..4], &id[id.len() - 6..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_shortened_as_the_vendor_does() {
        assert_eq!(short("45a0000000000000000000000000000000764595"), "45a0...764595");
    }
}
