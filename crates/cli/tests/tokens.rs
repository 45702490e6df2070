//! `pulltoken list` and `pulltoken delete` against the simulated platform.

// Helpers of tests may fail a test as tests may.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::process::Stdio;
use std::time::Duration;

use common::World;
use pulltoken_sim::{Action, Fault, IdentitySpec, OrganizationSpec, SessionSpec};

const DAY: Duration = Duration::from_secs(86_400);

/// Two valid tokens, three expired ones, and an identity that is no pull token.
fn world() -> World {
    World::with(|builder| {
        let token = |name| IdentitySpec::pull_token(name).role("libraries.javascript.pull");
        builder
            .identities(token("fresh").expires_in(DAY * 10).last_seen_ago(DAY))
            .identities(token("old-a").expires_in(DAY * 100).role("registry.pull"))
            .identities(token("gone-a").expired_since(DAY * 3).last_seen_ago(DAY * 4))
            .identities(token("gone-b").expired_since(DAY * 200))
            .identities(token("kept").expired_since(DAY))
            .identities(IdentitySpec::static_keys("other", "https://elsewhere.test").expired_since(DAY))
    })
}

fn names(world: &World, line: &str) -> Vec<String> {
    let listed = world.run(&format!("{line} -o json")).success().json();
    let mut names: Vec<_> =
        listed.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

fn id_of(world: &World, name: &str) -> String {
    world.sim.identities().into_iter().find(|one| one.name == name).unwrap().id
}

#[test]
fn tokens_are_listed_by_expiry_organisation_and_ecosystem() {
    let world = world();
    assert_eq!(names(&world, "list"), ["fresh", "old-a"]);
    assert_eq!(names(&world, "list --expired"), ["gone-a", "gone-b", "kept"]);
    assert_eq!(names(&world, "list --expired=true --parent example"), ["gone-a", "gone-b", "kept"]);
    assert_eq!(names(&world, "list --all").len(), 5);
    assert_eq!(names(&world, "list --expiring 14d"), ["fresh"]);
    assert_eq!(names(&world, "list --repository java --all"), Vec::<String>::new());
    assert_eq!(names(&world, "list --library-ecosystem=javascript"), ["fresh", "old-a"]);
    world.run("list --parent nobody").failure(4, "organization_not_found");
}

#[test]
fn a_listing_tells_what_people_ask() {
    let world = world();
    let listed = world.run("list -o json").success().json();
    let old = listed.as_array().unwrap().iter().find(|one| one["name"] == "old-a").unwrap();
    assert_eq!(old["ecosystems"], serde_json::json!(["javascript", "oci"]));
    assert_eq!(old["roles"][0]["group"]["name"], "example");
    assert_eq!((&old["expired"], &old["lastSeenAt"]), (&false.into(), &serde_json::Value::Null));
    let table = world.run("list --parent example").success();
    let heading = table.out.lines().next().unwrap().split_whitespace().collect::<Vec<_>>();
    assert_eq!(heading, ["ID", "NAME", "DESCRIPTION", "ROLES", "EXPIRES"]);
    assert!(
        table.out.contains("example:libraries.javascript.pull") && table.err.contains("3 expired not shown"),
        "{}{}",
        table.out,
        table.err
    );
    let row = table.out.lines().find(|line| line.contains("fresh")).unwrap();
    assert!(row.ends_with(" 9") || row.ends_with(" 10"), "{row}");
    assert!(world.run("list -o wide").success().out.lines().next().unwrap().ends_with("LAST SEEN"));
    assert_eq!(world.run("list -o id").success().out.lines().count(), 2);
}

#[test]
fn every_page_is_read_and_an_older_server_answers_at_once() {
    let many = |builder: pulltoken_sim::SimBuilder| {
        builder.identities(IdentitySpec::pull_token("many").role("libraries.java.pull").count(450))
    };
    for (without_v2, calls) in [(false, "/iam/v2/"), (true, "/iam/v1/")] {
        let world = World::with(|builder| many(builder).without_v2(without_v2));
        world.sim.clear_requests();
        let listed = world.run("list -o json").success().json();
        let listed = listed.as_array().unwrap();
        assert_eq!(listed.len(), 450);
        assert!(listed.iter().all(|one| one["ecosystems"] == serde_json::json!(["java"])));
        let requests: Vec<_> = world.sim.requests().into_iter().filter(|one| one.status == Some(200)).collect();
        let lists = requests.iter().filter(|one| one.path.starts_with(calls)).count();
        // 450 identities and the bindings of as many and of the people: three pages each, at 200 a page.
        assert_eq!(lists, if without_v2 { 2 } else { 6 }, "{requests:?}");
        assert!(requests.len() <= lists + 2);
    }
    let world = World::with(|builder| many(builder).write_unset_fields(true).unknown_fields(true));
    assert_eq!(world.run("list -o json").success().json().as_array().unwrap().len(), 450);
}

#[test]
fn a_narrowed_list_says_so() {
    let world = world();
    let creator = world.sim.token("libraries.javascript.pull_token_creator").unwrap();
    let listed = world.run_as(&creator, "list --parent example").success();
    assert!(listed.err.contains("may not list the pull tokens of `example`"), "{}", listed.err);
}

#[test]
fn a_token_is_deleted_and_anything_else_only_if_asked() {
    let world = world();
    let (token, other) = (id_of(&world, "fresh"), id_of(&world, "other"));
    assert!(world.run(&format!("delete {token}")).success().err.contains(&format!("deleted {token}")));
    assert!(!world.sim.identities().iter().any(|one| one.id == token));
    world.run(&format!("delete {token}")).failure(4, "not_found");
    world.run(&format!("delete {other}")).failure(2, "not_a_pull_token");
    world.run(&format!("delete {other} --any-identity")).success();
    world.run("delete nonsense").failure(2, "invalid_uidp");
    let creator = world.sim.token("libraries.javascript.pull_token_creator").unwrap();
    let left = id_of(&world, "kept");
    let refused = world.run_as(&creator, &format!("delete {left}")).failure(3, "capability_missing");
    assert!(refused.err.contains(&format!("pulltoken delete {left}")), "{}", refused.err);
    assert!(world.sim.identities().iter().any(|one| one.id == left));
}

#[test]
fn the_sweep_takes_the_expired_pull_tokens_and_asks_first() {
    let world = world();
    world.run("delete --expired").failure(2, "parent_required");
    world.run("delete --expired --parent example").failure(2, "confirmation_required");
    let dry = world.run("delete --expired --parent example --dry-run").success();
    assert_eq!(dry.err.lines().filter(|line| line.starts_with("would delete ")).count(), 3);
    assert_eq!(world.sim.identities().len(), 6);
    world.run("delete --expired --parent example --name gone-* --unused-since 90d --yes").success();
    assert_eq!(names(&world, "list --expired"), ["gone-a", "kept"]);
    let swept = world.run("delete --expired --parent example --yes").success();
    assert!(swept.err.contains("deleted 2 expired pull tokens"), "{}", swept.err);
    let left: Vec<_> = world.sim.identities().into_iter().map(|one| one.name).collect();
    assert_eq!(left.len(), 3, "{left:?}");
    world.run("delete --expired --parent example --yes").success();
}

#[test]
fn a_single_failure_does_not_stop_the_sweep_and_the_end_of_the_session_does() {
    let world = world();
    let stuck = id_of(&world, "kept");
    world.sim.faults().add(
        Fault::on("DELETE", &format!("/iam/v1/identities/{stuck}")).times(1).action(Action::Status {
            status: 500,
            code: 13,
            message: "stuck".into(),
        }),
    );
    let ended = world.run("delete --expired --parent example --yes").failure(1, "incomplete");
    assert!(ended.err.contains(&stuck) && ended.err.contains("stuck"), "{}", ended.err);
    assert_eq!(names(&world, "list --expired"), ["kept"]);

    let world =
        World::with(|builder| builder.identities(IdentitySpec::pull_token("many").expired_since(DAY).count(1_000)));
    let session = world.sim.session(SessionSpec::new().role("owner").expires_in(Duration::from_secs(3600))).unwrap();
    let deletion = Fault::on("DELETE", "/iam/v1/identities/").skip(100).times(1);
    let reached = world.sim.faults().add(deletion.action(Action::Hang));
    let mut command = world.command("delete --expired --parent example --yes".split(' '));
    command.env("PULLTOKEN_SESSION_TOKEN", session).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    assert!(reached.wait(Duration::from_secs(30)));
    world.sim.clock().advance(Duration::from_secs(7200));
    let ended = common::ended(child.wait_with_output().unwrap()).failure(3, "unauthenticated");
    let left = world.sim.identities();
    // A hundred were begun before; those still on their way may find that the session has ended.
    assert!(!left.is_empty() && left.len() < 950, "{}", left.len());
    assert!(left.iter().all(|one| ended.err.contains(&one.id)));
    assert!(ended.err.contains("the session ended after ") && ended.err.contains("run the same command"));
}

#[test]
fn a_sweep_that_is_interrupted_says_what_is_left() {
    let world =
        World::with(|builder| builder.identities(IdentitySpec::pull_token("many").expired_since(DAY).count(50)));
    let stuck = Fault::on("DELETE", "/iam/v1/identities/").skip(10).action(Action::Delay(Duration::from_millis(300)));
    let reached = world.sim.faults().add(stuck);
    let mut command = world.command("delete --expired --parent example --yes".split(' '));
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    assert!(reached.wait(Duration::from_secs(30)));
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::INT).unwrap();
    let ended = common::ended(child.wait_with_output().unwrap()).failure(130, "interrupted");
    let left = world.sim.identities();
    assert!(!left.is_empty() && left.len() < 40, "{}", left.len());
    assert!(left.iter().all(|one| ended.err.contains(&one.id)), "{}", ended.err);
    assert!(ended.err.contains("run the same command again to go on"), "{}", ended.err);
}

#[test]
fn several_are_deleted_past_the_failure_of_one() {
    let world = world();
    let (one, two) = (id_of(&world, "fresh"), id_of(&world, "kept"));
    let missing = format!("{}/0011223344556677", world.sim.organization().id);
    let ended = world.run(&format!("delete {one} {missing} {two} -o json"));
    let error: serde_json::Value = serde_json::from_str(ended.err.lines().last().unwrap()).unwrap();
    assert_eq!((ended.code, &error["code"]), (Some(1), &"incomplete".into()), "{}", ended.err);
    let report = ended.json();
    assert_eq!(report["deleted"], serde_json::json!([one, two]));
    assert_eq!(
        (&report["failed"][0]["id"], &report["failed"][0]["error"]["code"]),
        (&missing.into(), &"not_found".into())
    );
    assert!(!world.sim.identities().iter().any(|left| left.id == one || left.id == two));

    let session = world.sim.session(SessionSpec::new().role("owner").expires_in(Duration::from_secs(3600))).unwrap();
    world.sim.clock().advance(Duration::from_secs(7200));
    let line = format!("delete {} {}", id_of(&world, "gone-a"), id_of(&world, "gone-b"));
    let refused = world.run_as(&session, &line).failure(3, "unauthenticated");
    assert!(line.split(' ').skip(1).all(|id| refused.err.contains(id)), "{}", refused.err);
}

#[test]
fn organisations_of_one_name_are_told_apart() {
    let world = World::with(|builder| builder.organization(OrganizationSpec::new("example")));
    world.run("list --parent example").failure(2, "ambiguous_parent");
}
