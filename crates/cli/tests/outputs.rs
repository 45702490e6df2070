//! The shapes that lists come in, and what is refused in their place.

// Helpers of tests may fail a test as tests may.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::time::Duration;

use common::World;
use pulltoken_sim::IdentitySpec;

const DAY: Duration = Duration::from_secs(86_400);

fn world() -> World {
    World::with(|builder| {
        let token = IdentitySpec::pull_token("ci").role("libraries.javascript.pull").expires_in(DAY * 10);
        builder.identities(token.description("=1+1, a|b *c*"))
    })
}

#[test]
fn tokens_are_listed_for_documents_spreadsheets_and_scripts() {
    let world = world();
    let id = world.sim.identities()[0].id.clone();
    let shown = |output: &str| world.run(&format!("list --parent example -o {output}")).success();
    let markdown = shown("markdown").out;
    let lines: Vec<_> = markdown.lines().collect();
    assert_eq!(lines[..2], ["| ID | NAME | DESCRIPTION | ROLES | EXPIRES |", "| --- | --- | --- | --- | --- |"]);
    let row = format!(r"| {id} | ci | =1+1, a\|b \*c\* | example:libraries.javascript.pull | ");
    assert!(lines.len() == 3 && lines[2].starts_with(&row), "{markdown}");
    let csv = shown("csv").out;
    let lines: Vec<_> = csv.split("\r\n").collect();
    assert_eq!(lines[0], "ID,NAME,DESCRIPTION,ROLES,EXPIRES,CREATED,LAST SEEN");
    assert!(lines[1].starts_with(&format!("{id},ci,\"'=1+1, a|b *c*\",")), "{csv}");
    let wide = shown("wide").out;
    assert!(
        wide.lines().next().is_some_and(|heading| heading.contains(" CREATED ") && heading.ends_with("  LAST SEEN"))
    );
    assert_eq!(shown("id").out, format!("{id}\n"));
    let nothing = shown("none");
    assert_eq!((nothing.out.as_str(), nothing.err.as_str()), ("", ""));
}

#[test]
fn entitlements_are_listed_for_documents_spreadsheets_and_scripts() {
    let world = world();
    let shown = |output: &str| world.run(&format!("entitlements list --parent example -o {output}")).success().out;
    let markdown = shown("markdown");
    assert!(markdown.starts_with("| ID | ECOSYSTEM | POLICY | SOURCE | COOLDOWN |\n| --- |"), "{markdown}");
    assert!(markdown.contains(r"| JAVASCRIPT | POLICY\_CHAINGUARD"), "{markdown}");
    let csv = shown("csv");
    assert!(csv.starts_with("ID,ECOSYSTEM,POLICY,SOURCE,COOLDOWN\r\n") && csv.contains(",JAVA,"), "{csv}");
    let ids = shown("id");
    assert!(ids.lines().count() == 3 && ids.lines().all(|id| csv.contains(id)), "{ids}");
    assert!(shown("wide").starts_with("Ecosystem Library Entitlements for example ("));
    assert_eq!(shown("none"), "");
}

#[test]
fn a_list_is_no_credential_and_a_credential_no_list() {
    let world = world();
    let before = world.sim.identities().len();
    world.sim.clear_requests();
    for line in [
        "list -o env",
        "entitlements list --parent example -o netrc",
        "create --repository javascript --parent example -o csv",
        "create --repository javascript --parent example -o markdown",
        "get -o markdown",
    ] {
        world.run(line).failure(2, "usage");
    }
    assert_eq!((world.sim.identities().len(), world.sim.requests().len()), (before, 0));
}
