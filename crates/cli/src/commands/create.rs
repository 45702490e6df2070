//! `pulltoken create`: a new pull token.

use std::process::ExitCode;

use pulltoken_client::create::{NewPullToken, PullToken, Stamp};
use pulltoken_core::api::groups::Group;
use pulltoken_core::{Description, Ecosystem, Name, Result, Timestamp, Ttl};
use serde::Serialize;

use crate::ci::Ci;
use crate::common::Common;
use crate::output::{self, Output};
use crate::sessions;
use crate::{ask, connection, input, parent, reveal};

/// Create a pull token and print its username and password
///
/// The password is shown this once and stored nowhere. The session that makes it is that of
/// PULLTOKEN_SESSION_TOKEN, else the one that `pulltoken login` stored.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// What the token opens: java, python, javascript, …, several with commas
    #[arg(long, visible_aliases = ["library-ecosystem", "ecosystem"], value_name = "ECOSYSTEM,…", value_parser = parse_ecosystems)]
    repository: Option<Ecosystems>,

    /// The organisation, by name or identifier; the only one, or asked for, unless one is given here,
    /// in pulltoken.toml or in the user's configuration
    #[arg(long, env = "PULLTOKEN_PARENT", value_name = "ORGANISATION")]
    parent: Option<String>,

    /// Use this organisation from now on where no --parent is given
    #[arg(long)]
    remember: bool,

    /// How long it lives, at most 8760h
    #[arg(long, value_name = "DURATION", default_value = "720h", value_parser = Ttl::parse, allow_hyphen_values = true)]
    ttl: Ttl,

    /// Its name [default: pull-token]
    #[arg(long, value_parser = Name::parse, allow_hyphen_values = true)]
    name: Option<Name>,

    /// Its description; who made it and where unless given
    #[arg(long, value_parser = Description::parse, allow_hyphen_values = true)]
    description: Option<Description>,

    /// Leave the description empty
    #[arg(long, conflicts_with = "description")]
    no_stamp: bool,
}

/// A list read from one argument; clap would take a plain `Vec` for a repeatable one.
#[derive(Clone)]
pub(crate) struct Ecosystems(pub(super) Vec<Ecosystem>);

pub(super) fn parse_ecosystems(text: &str) -> Result<Ecosystems> {
    Ecosystem::parse_list(text).map(Ecosystems)
}

/// Makes and prints.
pub(super) fn run(common: &Common, args: Args) -> Result<ExitCode> {
    let ecosystems = match args.repository {
        Some(Ecosystems(ecosystems)) => ecosystems,
        // The vendor's command makes tokens for containers unless told otherwise.
        None if common.vendor_create => vec![Ecosystem::Oci],
        None => ask::ecosystems()?,
    };
    let ci = Ci::detect(&input::variable);
    reveal::ensure_maskable(common, ci)?;
    reveal::ensure_fits(common, &ecosystems)?;
    let stamp = match args.description {
        Some(description) => Stamp::Given(description),
        None if args.no_stamp => Stamp::Given(Description::default()),
        None => Stamp::MadeAt(place(ci)),
    };
    let client = sessions::client(common)?;
    let parent = ask::parent(&client, args.parent, "With which location is the pull token associated?")?;
    let wanted = NewPullToken { parent, ecosystems, ttl: args.ttl, name: args.name, warn_of_namesakes: true, stamp };
    let token = connection::block_on(async { client.create_pull_token(wanted, connection::interrupt()).await })?;
    for warning in &token.warnings {
        common.say(&format!("warning: {}", warning.message));
    }
    print(common, &token, ci).map_err(|error| {
        let message =
            format!("{}; the token {} was made and its password is lost", error.message(), token.credentials.username);
        error.with_message(message).with_hint(format!("delete it: pulltoken delete {}", token.credentials.username))
    })?;
    if args.remember {
        parent::remember(common, &token.organization);
    }
    if !common.quiet && common.output == Output::Table {
        let opens: Vec<_> = token.ecosystems.iter().map(|ecosystem| ecosystem.flag()).collect();
        output::note(&format!(
            "`{}` opens {} of {} until {}. The password is not shown again.",
            token.name,
            opens.join(", "),
            pulltoken_core::text::printable(&token.organization.name),
            token.expires_at
        ));
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn print(common: &Common, token: &PullToken, ci: Option<Ci>) -> Result<()> {
    if common.output == Output::Json {
        reveal::mask(&token.credentials, ci);
        if common.vendor_create {
            return output::print_json(&VendorPrinted::of(token));
        }
        return output::print_json(&Printed::of(token));
    }
    reveal::print_credentials(common, &token.credentials, &token.ecosystems, ci)
}

/// The token as `-o json` prints it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Printed<'a> {
    id: &'a str,
    username: &'a str,
    password: &'a str,
    name: &'a Name,
    description: &'a Description,
    ecosystems: &'a [Ecosystem],
    roles: Vec<&'static str>,
    organization: &'a Group,
    created_at: Timestamp,
    expires_at: Timestamp,
}

impl<'a> Printed<'a> {
    fn of(token: &'a PullToken) -> Self {
        Self {
            id: &token.credentials.username,
            username: &token.credentials.username,
            // The purpose of the command: it is shown this once.
            password: token.credentials.password.expose(),
            name: &token.name,
            description: &token.description,
            ecosystems: &token.ecosystems,
            roles: token.ecosystems.iter().map(|ecosystem| ecosystem.role()).collect(),
            organization: &token.organization,
            created_at: token.created_at,
            expires_at: token.expires_at,
        }
    }
}

/// The token as the vendor's command prints it.
#[derive(Serialize)]
struct VendorPrinted<'a> {
    identity_id: &'a str,
    token: &'a str,
}

impl<'a> VendorPrinted<'a> {
    fn of(token: &'a PullToken) -> Self {
        // The purpose of the command: it is shown this once.
        Self { identity_id: &token.credentials.username, token: token.credentials.password.expose() }
    }
}

/// Where this runs, in words: the CI run, or the host.
fn place(ci: Option<Ci>) -> String {
    match ci {
        Some(ci) => ci.run(&input::variable),
        None => host_name().unwrap_or_else(|| "an unnamed host".to_owned()),
    }
}

#[cfg(unix)]
fn host_name() -> Option<String> {
    rustix::system::uname().nodename().to_str().ok().filter(|name| !name.is_empty()).map(str::to_owned)
}

#[cfg(not(unix))]
fn host_name() -> Option<String> {
    input::variable("COMPUTERNAME")
}
