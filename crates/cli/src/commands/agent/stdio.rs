//! `pulltoken agent --stdio`: a proxy that lives as long as the program that started it. What it
//! prints is for that program alone: it holds the proxy's password.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::process::ExitCode;

use pulltoken_core::package_managers::PackageManager;
use pulltoken_core::{Ecosystem, Error, ErrorCode, Result};
use serde::Serialize;

use super::super::credentials::Chain;
use crate::common::Common;
use crate::ending::{Ending, on_signal, thread};
use crate::exec::environment::Environment;
use crate::exec::lease::Lease;
use crate::exec::project::{Arguments, Project};
use crate::exec::user::User;
use crate::output;

/// The one line that is printed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    /// `http://s:PASSWORD@127.0.0.1:PORT`
    proxy_url: &'a str,
    /// A file in PEM form with every authority that a client of the proxy is to believe.
    ca_file: &'a str,
    /// The repository that is used first.
    registry: &'a str,
    /// All of them.
    registries: &'a [String],
    ecosystem: Ecosystem,
    /// By package manager: what to change in its environment.
    env: BTreeMap<&'static str, Changes>,
}

/// Variables and their new values; `None` for one that is to be taken out.
type Changes = BTreeMap<String, Option<String>>;

/// Opens a proxy, says where it is, and serves until standard input is closed or a signal comes.
pub(super) fn serve(common: &Common, chain: &Chain) -> Result<ExitCode> {
    if chain.password_stdin {
        let message = "standard input says for how long to serve, and can bring no password";
        return Err(Error::new(ErrorCode::Usage, message).with_hint("set the identity and token variables instead"));
    }
    let ending = Ending::default();
    // From here on: what comes during the search is heard after it as well.
    on_signal({
        let ending = ending.clone();
        move || ending.tell()
    })?;
    on_end_of_input(ending.clone())?;
    let environment = Environment::scrubbed(&[]);
    let (sealed, renewal) = super::open(common, chain, &environment, None, &ending)?;
    let told = sealed.lease().and_then(|lease| tell(&lease, &environment));
    if told.is_ok() {
        sealed.until(ending.told());
    }
    sealed.close();
    renewal.give_back(common);
    told.map(|()| ExitCode::SUCCESS)
}

fn tell(lease: &Lease, environment: &Environment) -> Result<()> {
    let mut env = BTreeMap::new();
    for manager in PackageManager::ALL {
        env.insert(manager.name(), changes(lease, manager, environment)?);
    }
    output::print_json(&Line {
        // The purpose of the command: the program that asked hands it to its package managers.
        proxy_url: lease.proxy().expose(),
        ca_file: lease.ca_file(),
        registry: lease.urls().first().map(String::as_str).unwrap_or_default(),
        registries: lease.urls(),
        ecosystem: Ecosystem::JavaScript,
        env,
    })
}

/// What makes this process's environment that of a package manager, of whatever version.
fn changes(lease: &Lease, manager: PackageManager, scrubbed: &Environment) -> Result<Changes> {
    let user = User::read(scrubbed);
    let project = Project::find(&Arguments::default())?;
    let uses = project.uses(manager, scrubbed, &user, &lease.darts());
    let mut lent = scrubbed.clone();
    lease.lend(&mut lent, manager, None, &user, uses);
    Ok(lent.changes_from(&Environment::inherited()))
}

/// Tells it when whoever started us has closed our standard input, or has ended.
fn on_end_of_input(ending: Ending) -> Result<()> {
    let read = move || {
        let mut buffer = [0; 1024];
        let mut input = std::io::stdin().lock();
        while !matches!(input.read(&mut buffer), Ok(0) | Err(_)) {}
        ending.tell();
    };
    thread(read).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_what_is_new_and_what_is_gone() {
        let inherited = Environment::of(&[("A", "1"), ("B", "2"), ("C", "3")]);
        let lent = Environment::of(&[("A", "1"), ("B", "other"), ("D", "4")]);
        let changes = lent.changes_from(&inherited);
        let of = |name: &str| changes.get(name).map(|value| value.as_deref());
        assert_eq!((of("A"), of("B")), (None, Some(Some("other"))));
        assert_eq!((of("C"), of("D")), (Some(None), Some(Some("4"))));
    }
}
