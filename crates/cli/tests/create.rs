//! `pulltoken create` against the simulated platform: what it makes, what it refuses, and that
//! nothing half-made stays.

// Helpers of tests may fail a test as tests may.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::time::Duration;

use common::{World, end};
use pulltoken_sim::{Action, Fault, IdentitySpec, OrganizationSpec, SessionSpec};

const CREATE: &str = "create --repository javascript --parent example";
const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn a_token_is_an_identity_with_a_binding_each() {
    let world = World::new();
    let made = world
        .run("create --repository java,javascript --parent example --ttl 1h30m --name ci -o json")
        .success()
        .json();
    let identities = world.sim.identities();
    assert_eq!(identities.len(), 1);
    assert_eq!(made["id"], identities[0].id.as_str());
    assert_eq!(made["username"], made["id"]);
    assert_eq!((&made["name"], &made["ecosystems"]), (&"ci".into(), &serde_json::json!(["java", "javascript"])));
    assert_eq!(made["roles"], serde_json::json!(["libraries.java.pull", "libraries.javascript.pull"]));
    assert_eq!(made["organization"]["name"], "example");
    let description = made["description"].as_str().unwrap();
    assert!(description.starts_with("created by owner@example.com on "), "{description}");
    let mut roles = bound(&world, &identities[0].id);
    roles.sort();
    assert_eq!(roles, ["libraries.java.pull", "libraries.javascript.pull"]);
}

/// The roles bound to an identity.
fn bound(world: &World, identity: &str) -> Vec<String> {
    world
        .sim
        .role_bindings()
        .into_iter()
        .filter(|binding| binding.identity == identity)
        .map(|binding| binding.role)
        .collect()
}

#[test]
fn the_password_opens_the_registry_and_nothing_else_is_printed() {
    let world = World::new();
    let made = world.run(CREATE).success();
    let lines: Vec<_> = made.out.lines().collect();
    assert!(
        matches!(lines[..], [user, password] if user.starts_with("Username: ") && password.starts_with("Password: ey")),
        "{}",
        made.out
    );
    assert!(!made.err.contains(&lines[1]["Password: ".len()..]));
    let quiet = world.run(&format!("{CREATE} --quiet -o id")).success();
    assert_eq!((quiet.out.lines().count(), quiet.err.as_str()), (1, ""));
}

#[test]
fn a_format_is_printed_for_the_ecosystems_that_it_serves() {
    let world = World::new();
    let made = world.run("create --repository java,javascript --parent example -o npmrc").success();
    assert_eq!(made.out.lines().filter(|line| line.contains(":_auth=")).count(), 2, "{}", made.out);
    let both = world.run("create --repository java,javascript --parent example -o env").success();
    assert_eq!(both.out.lines().filter(|line| line.starts_with("export CHAINGUARD_JAVA")).count(), 4, "{}", both.out);
    let block = |out: String| out.lines().next().unwrap().split("<<").nth(1).unwrap().to_owned();
    let github = || block(world.run("create --repository javascript --parent example -o github").success().out);
    assert_ne!(github(), github());
}

#[test]
fn wrong_input_is_refused_before_anything_is_asked() {
    let world = World::new();
    for (line, exit, code) in [
        ("create --repository javascript --ttl 9000h", 2, "ttl_out_of_range"),
        ("create --repository javascript --ttl -1h", 2, "ttl_out_of_range"),
        ("create --repository javascript --ttl soon", 2, "invalid_ttl"),
        ("create --repository cobol", 2, "unknown_ecosystem"),
        ("create --repository javascript --name Upper", 2, "invalid_name"),
        ("create --repository javascript --description a\tb", 2, "invalid_description"),
        ("create --parent example", 2, "ecosystem_required"),
        ("create --repository javascript -o yaml", 2, "unknown_format"),
        ("create --repository java,python --parent example -o npmrc", 2, "usage"),
        ("create --repository javascript --api http://platform.test", 2, "insecure_url"),
    ] {
        world.run(line).failure(exit, code);
    }
    assert_eq!(world.sim.requests().len(), 0);
}

#[test]
fn what_cannot_work_is_refused_before_anything_is_made() {
    let world = World::new();
    let refused = |session: &str, line: &str, exit, code| {
        let ended = world.run_as(session, line).failure(exit, code);
        assert!(world.sim.identities().is_empty(), "{line}");
        ended
    };
    let owner = world.sim.token("owner").unwrap();
    refused("", CREATE, 3, "not_signed_in");
    refused("not a token", CREATE, 3, "session_unusable");
    refused(&world.sim.token("expired").unwrap(), CREATE, 3, "session_expired");
    refused(&world.sim.token("viewer").unwrap(), CREATE, 3, "capability_missing");
    let other =
        refused(&world.sim.token("libraries.java.pull_token_creator").unwrap(), CREATE, 3, "capability_missing");
    assert!(
        other.err.contains("libraries.javascript.list")
            && other.err.contains("libraries.javascript.pull_token_creator"),
        "{}",
        other.err
    );
    refused(&owner, "create --repository go --parent example", 3, "entitlement_missing");
    refused(&owner, "create --repository javascript --parent nobody", 4, "organization_not_found");
    refused(
        &owner,
        &format!("create --repository javascript --parent {}", "f".repeat(40)),
        4,
        "organization_not_found",
    );
    let elsewhere = world.sim.session(SessionSpec::new().role("owner").audience("libraries.cgr.dev")).unwrap();
    refused(&elsewhere, CREATE, 3, "session_unusable");
    let foreign = world.sim.session(SessionSpec::new().role("owner").audience("https://elsewhere.test")).unwrap();
    refused(&foreign, CREATE, 3, "unauthenticated");
}

#[test]
fn the_organisation_is_guessed_only_where_there_is_one() {
    let world = World::new();
    world.run("create --repository javascript -o id").success();
    let world = World::with(|builder| {
        builder.organization(OrganizationSpec::new("second")).organization(OrganizationSpec::new("example"))
    });
    let several = world.run("create --repository javascript").failure(2, "parent_required");
    assert!(several.err.contains("--parent"), "{}", several.err);
    let twice = world.run(CREATE).failure(2, "ambiguous_parent");
    assert!(twice.err.contains(&world.sim.organization().id), "{}", twice.err);
}

#[test]
fn an_entitlement_that_may_not_be_read_is_a_warning() {
    let world = World::new();
    world.sim.faults().add(Fault::on("GET", "/libraries/v1/entitlements").action(Action::Status {
        status: 403,
        code: 7,
        message: "no".into(),
    }));
    let made = world.run(CREATE).success();
    assert!(made.err.contains("warning: the entitlements of `example` may not be read"), "{}", made.err);
}

#[test]
fn a_live_token_of_the_chosen_name_is_a_warning() {
    let day = Duration::from_secs(86_400);
    let live = |name| IdentitySpec::pull_token(name).expires_in(day);
    let world = World::with(|builder| {
        let other = IdentitySpec::static_keys("other", "https://elsewhere.test").expires_in(day);
        let over = IdentitySpec::pull_token("over").expired_since(day);
        builder.identities(live("ci")).identities(live("pull-token")).identities(over).identities(other)
    });
    let namesake = world.sim.identities().into_iter().find(|one| one.name == "ci").unwrap().id;
    let warned = world.run(&format!("{CREATE} --name ci")).success();
    assert!(
        warned.err.starts_with("warning: another live pull token of `example` is called `ci` too: "),
        "{}",
        warned.err
    );
    assert!(warned.err.contains(&namesake), "{}", warned.err);
    let quiet = world.run(&format!("{CREATE} --name ci --quiet")).success();
    assert_eq!(quiet.err, "");
    let unwarned = |ended: common::Ended| assert!(!ended.success().err.contains("warning"));
    let by_id = format!("create --repository javascript --parent {}", world.sim.organization().id);
    unwarned(world.run(&format!("{by_id} --name over")));
    unwarned(world.run(&format!("{CREATE} --name other")));
    // Nobody chose this one.
    unwarned(world.run(CREATE));
    // A creator's list is empty, which says nothing; and a list that does not come keeps nobody.
    let creator = world.sim.token("libraries.javascript.pull_token_creator").unwrap();
    unwarned(world.run_as(&creator, &format!("{CREATE} --name ci")));
    world.sim.faults().add(Fault::on("GET", "/iam/v2/identities").action(Action::Hang));
    unwarned(world.run(&format!("{CREATE} --name ci")));

    let older = World::with(|builder| builder.without_v2(true).identities(live("ci")));
    let warned = older.run(&format!("{CREATE} --name ci")).success();
    assert!(warned.err.contains("warning: another live pull token"), "{}", warned.err);
}

#[test]
fn a_failed_step_takes_back_the_ones_before_it() {
    let world = World::new();
    let bindings = world.sim.role_bindings().len();
    let binding = || Fault::on("POST", "/iam/v1/rolebindings/").times(1);
    let identity = || Fault::on("POST", "/iam/v1/identities/").times(1);
    let refusal = || Action::Status { status: 403, code: 7, message: "no\nsecond line".into() };
    for (fault, exit, code) in [
        (binding().action(refusal()), 3, "permission_denied"),
        (binding().action(Action::Html(502)), 5, "server_error"),
        (binding().action(Action::Reset), 5, "network"),
        (binding().action(Action::ResetAfterHandling), 5, "network"),
        (identity().action(Action::ResetAfterHandling), 5, "network"),
        (identity().action(Action::Truncate), 5, "network"),
        (identity().action(Action::Reset), 5, "network"),
        (identity().action(Action::Html(502)), 5, "server_error"),
        (identity().action(refusal()), 3, "permission_denied"),
    ] {
        let handle = world.sim.faults().add(fault);
        world.run(CREATE).failure(exit, code);
        assert_eq!(handle.hits(), 1, "{code}");
        assert!(world.sim.identities().is_empty() && world.sim.role_bindings().len() == bindings, "{code}");
        world.sim.faults().clear();
    }
}

#[test]
fn what_a_creator_cannot_take_back_is_named_with_the_owners_command() {
    let world = World::new();
    let creator = world.sim.token("libraries.javascript.pull_token_creator").unwrap();
    world.run_as(&creator, CREATE).success();
    let before = world.sim.identities();
    world.sim.faults().add(Fault::on("POST", "/iam/v1/rolebindings/").times(1).action(Action::Html(502)));
    let ended = world.run_as(&creator, CREATE).failure(1, "rollback_failed");
    let is_new = |id: &str| before.iter().all(|old| old.id != id);
    let left: Vec<_> = world.sim.identities().into_iter().filter(|one| is_new(&one.id)).collect();
    assert_eq!(left.len(), 1);
    assert!(ended.err.contains(&left[0].id) && ended.err.contains("owner of `example`"), "{}", ended.err);
    assert!(ended.err.contains(&format!("pulltoken delete {}", left[0].id)), "{}", ended.err);
}

#[test]
fn a_plans_limit_is_told() {
    let world = World::with(|builder| builder.max_ttl(Duration::from_secs(168 * 3600)));
    let ended = world.run(CREATE).failure(1, "ttl_exceeds_plan");
    assert!(ended.err.contains("--ttl 168h0m0s"), "{}", ended.err);
    world.run(&format!("{CREATE} --ttl 168h -o id")).success();
}

#[test]
fn a_server_that_is_not_there_is_told_in_one_line() {
    let world = World::new();
    let line = format!("{CREATE} --api http://127.0.0.1:1");
    let ended = world.run(&line).failure(5, "network");
    assert!(ended.err.contains("127.0.0.1:1"), "{}", ended.err);
    let json = world.run(&format!("{line} -o json"));
    let error: serde_json::Value = serde_json::from_str(&json.err).unwrap();
    assert_eq!((json.code, &error["code"]), (Some(5), &"network".into()));
}

#[test]
fn stopping_half_way_leaves_nothing() {
    for (path, action) in [
        ("/iam/v1/identities/", Action::HandleThenHang),
        ("/iam/v1/identities/", Action::Delay(Duration::from_millis(500))),
        ("/iam/v1/rolebindings/", Action::Hang),
        ("/iam/v1/rolebindings/", Action::Delay(Duration::from_millis(500))),
    ] {
        let world = World::new();
        let fault = world.sim.faults().add(Fault::on("POST", path).times(1).action(action));
        let child = world
            .command(CREATE.split(' '))
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        assert!(fault.wait(PATIENCE));
        rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::INT).unwrap();
        common::ended(child.wait_with_output().unwrap()).failure(130, "interrupted");
        assert!(world.sim.identities().is_empty(), "{path}");
    }
}

#[test]
fn in_ci_the_password_is_masked_before_it_is_printed() {
    let world = World::new();
    let made = end(world.command(CREATE.split(' ')).env("GITHUB_ACTIONS", "true"));
    let made = made.success();
    let password = made.out.lines().nth(1).unwrap().strip_prefix("Password: ").unwrap().to_owned();
    assert!(made.err.starts_with(&format!("::add-mask::{password}\n")), "{}", made.err);
    let before = world.sim.identities().len();
    end(world.command(CREATE.split(' ')).env("GITLAB_CI", "true")).failure(2, "unmasked_output");
    assert_eq!(world.sim.identities().len(), before);
    end(world.command(format!("{CREATE} --show").split(' ')).env("GITLAB_CI", "true")).success();
    end(world.command(format!("{CREATE} -o env").split(' ')).env("GITLAB_CI", "true")).success();
}
