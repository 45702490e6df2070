//! `pulltoken identities` against the simulated platform: whom an identity trusts once it is made, what
//! is refused, and that nothing half-made stays.

// Helpers of tests may fail a test as tests may.
#![allow(clippy::unwrap_used, clippy::panic)]

mod ci_jobs;
mod common;

use std::time::Duration;

use ci_jobs::{GITHUB, GITLAB, may_be, token};
use common::{World, ended};
use pulltoken_sim::{Action, Fault, IdentitySpec, OrganizationSpec};
use serde_json::{Value, json};

const CREATE: &str = "identities create github --repo example/web --ref main --repository javascript --parent example";

/// The only identity that a command line made, as JSON.
fn only(world: &World, line: &str) -> Value {
    let made = world.run(&format!("{line} -o json")).success().json();
    let [one] = &made.as_array().unwrap()[..] else { panic!("{made}") };
    one.clone()
}

fn id(made: &Value) -> String {
    made["id"].as_str().unwrap().to_owned()
}

/// Requests that change something.
fn writes(world: &World) -> usize {
    world.sim.requests().iter().filter(|one| one.method != "GET").count()
}

#[test]
fn all_repositories_of_an_owner_and_nobody_elses() {
    let world = World::new();
    let made = only(
        &world,
        "identities create github --repo example/* --ref main --repository java,javascript --parent example",
    );
    assert_eq!((&made["name"], &made["change"]), (&json!("github example any main"), &json!("created")));
    let identities = world.sim.identities();
    assert_eq!((identities.len(), identities[0].kind, &identities[0].id), (1, "claimMatch", &id(&made)));
    let mut roles = identities[0].roles.clone();
    roles.sort();
    assert_eq!(roles, ["libraries.java.pull", "libraries.javascript.pull"]);
    let may = |subject: &str| may_be(&world.sim, &id(&made), &token(&world.sim, GITHUB, subject));
    assert!(may("repo:example/web:ref:refs/heads/main"));
    assert!(may("repo:example@12/web@34:ref:refs/heads/main"));
    for other in [
        "repo:example-evil/x:ref:refs/heads/main",
        "repo:evil/example:ref:refs/heads/main",
        "repo:example/web:ref:refs/heads/main2",
        "repo:example/web:pull_request",
        "repo:evil/x:environment:repo:example/web:ref:refs/heads/main",
    ] {
        assert!(!may(other), "{other}");
    }
    let elsewhere = token(&world.sim, GITLAB, "repo:example/web:ref:refs/heads/main");
    assert!(!may_be(&world.sim, &id(&made), &elsewhere));
}

#[test]
fn gitlab_and_jenkins_have_subjects_of_their_own() {
    const JENKINS: &str = "https://jenkins.example.com/oidc";
    let world = World::with(|builder| builder.ci_issuer(JENKINS));
    let gitlab = id(&only(&world, "identities create gitlab --repo example/team/web --ref main --repository java"));
    let may = |subject: &str| may_be(&world.sim, &gitlab, &token(&world.sim, GITLAB, subject));
    assert!(may("project_path:example/team/web:ref_type:branch:ref:main"));
    assert!(!may("project_path:example/team/api:ref_type:branch:ref:main"));
    assert!(!may("project_path:example/team/web:ref_type:tag:ref:main"));
    let line = format!("identities create jenkins --repo team/web --ref * --issuer-url {JENKINS} --repository java");
    let jenkins = id(&only(&world, &line));
    let may = |subject: &str| may_be(&world.sim, &jenkins, &token(&world.sim, JENKINS, subject));
    assert!(may("https://jenkins.example.com/job/team/job/web/job/main/"));
    assert!(!may("https://jenkins.example.com/job/team/job/web2/job/main/"));
    let line =
        format!("identities create generic --subject job:* --issuer-url {JENKINS} --audience aud --repository java");
    let generic = id(&only(&world, &line));
    let with = |audience: &str| world.sim.ci_token(JENKINS, json!({"sub": "job:1", "aud": audience})).unwrap();
    assert!(may_be(&world.sim, &generic, &with("aud")) && !may_be(&world.sim, &generic, &with("127.0.0.1")));
}

#[test]
fn a_second_run_changes_nothing_and_says_so() {
    let world = World::new();
    let made = only(&world, CREATE);
    world.sim.clear_requests();
    let again = world.run(CREATE).success();
    assert!(again.out.contains(&id(&made)) && again.out.contains("nothing to change"), "{}", again.out);
    assert_eq!(writes(&world), 0);
    let more = only(&world, &CREATE.replace("javascript", "javascript,python"));
    assert_eq!(
        (&more["id"], &more["change"], &more["bound"]),
        (&made["id"], &json!("bound"), &json!(["libraries.python.pull"]))
    );
    assert_eq!(world.sim.identities().len(), 1);
}

#[test]
fn a_name_that_trusts_others_is_changed_only_if_asked() {
    let world = World::new();
    let made = only(&world, &format!("{CREATE} --name ci"));
    world.sim.clear_requests();
    let other = format!("{} --name ci", CREATE.replace("example/web", "example/api"));
    let refused = world.run(&other).failure(1, "already_exists");
    assert!(refused.err.contains(&id(&made)) && refused.err.contains("--replace"), "{}", refused.err);
    assert_eq!(writes(&world), 0);
    let replaced = only(&world, &format!("{other} --replace"));
    assert_eq!((&replaced["id"], &replaced["change"]), (&made["id"], &json!("replaced")));
    let may = |repository: &str| {
        let subject = format!("repo:{repository}:ref:refs/heads/main");
        may_be(&world.sim, &id(&made), &token(&world.sim, GITHUB, &subject))
    };
    assert!(may("example/api") && !may("example/web"));
}

#[test]
fn a_list_of_repositories_and_a_look_at_it_first() {
    let world = World::new();
    let file = world.home.path().join("repos");
    std::fs::write(&file, "# ours\nexample/api\n\nexample/lib\n").unwrap();
    let line = format!("{CREATE} --repo-file {}", file.display());
    let dry = world.run(&format!("{line} --dry-run")).success();
    assert_eq!(dry.out.lines().filter(|line| line.contains("would be created")).count(), 3, "{}", dry.out);
    assert!(world.sim.identities().is_empty() && writes(&world) == 0);
    let made = world.run(&format!("{line} -o id")).success().out;
    let names: Vec<_> = world.sim.identities().into_iter().map(|one| one.name).collect();
    assert_eq!((made.lines().count(), names.len()), (3, 3));
    assert!(names.contains(&"github example lib main".to_owned()), "{names:?}");
    world.run(&format!("{line} --name ci")).failure(2, "usage");
}

#[test]
fn wrong_input_is_refused_before_anything_is_asked() {
    let world = World::new();
    for (line, exit, code) in [
        ("identities create github --repo */web --repository java", 2, "usage"),
        ("identities create github --repo web --repository java", 2, "usage"),
        ("identities create travis --repo example/web --repository java", 2, "usage"),
        ("identities create jenkins --repo web --repository java", 2, "usage"),
        ("identities create generic --repo * --issuer-url https://ci.test --repository java", 2, "usage"),
        (
            "identities create github --repo example/web --issuer-url http://ci.test --repository java",
            2,
            "insecure_url",
        ),
        ("identities create github --repo example/web --repository cobol", 2, "unknown_ecosystem"),
        ("identities create github --repo example/web --name Upper --repository java", 2, "invalid_name"),
        ("identities create github --repo example/web", 2, "ecosystem_required"),
        ("identities create github --repo-file /nowhere --repository java", 2, "file_unreadable"),
        ("identities delete nonsense", 2, "invalid_uidp"),
    ] {
        world.run(line).failure(exit, code);
    }
    assert_eq!(world.run("identities create github --repository java").code, Some(2));
    assert_eq!(world.sim.requests().len(), 0);
}

#[test]
fn only_an_owner_begins() {
    let world = World::with(|builder| builder.organization(OrganizationSpec::new("bare")));
    for role in ["viewer", "libraries.javascript.pull_token_creator"] {
        let session = world.sim.token(role).unwrap();
        let refused = world.run_as(&session, CREATE).failure(3, "capability_missing");
        assert!(refused.err.contains("role owner"), "{}", refused.err);
    }
    world.run(&CREATE.replace("javascript", "go")).failure(3, "entitlement_missing");
    world.run(&CREATE.replace("--parent example", "--parent bare")).failure(3, "entitlement_missing");
    world.run(&CREATE.replace("--parent example", "--parent nobody")).failure(4, "organization_not_found");
    world.run(&CREATE.replace("--parent example", "")).code.unwrap();
    assert_eq!((world.sim.identities().len(), writes(&world)), (0, 0));
}

#[test]
fn a_failed_step_takes_its_identity_back() {
    let world = World::new();
    let bindings = world.sim.role_bindings().len();
    let binding = || Fault::on("POST", "/iam/v1/rolebindings/").times(1);
    let identity = || Fault::on("POST", "/iam/v1/identities/").times(1);
    let refusal = || Action::Status { status: 403, code: 7, message: "no".into() };
    for (fault, exit, code) in [
        (binding().action(refusal()), 3, "permission_denied"),
        (binding().action(Action::Html(502)), 5, "server_error"),
        (binding().action(Action::ResetAfterHandling), 5, "network"),
        (identity().action(Action::ResetAfterHandling), 5, "network"),
        (identity().action(Action::Truncate), 5, "network"),
        (identity().action(Action::Reset), 5, "network"),
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
fn what_was_finished_stays_and_the_rest_follows_next_time() {
    let world = World::new();
    let line = format!("{CREATE} --repo example/api --repo example/lib");
    world.sim.faults().add(Fault::on("POST", "/iam/v1/rolebindings/").skip(1).times(1).action(Action::Html(502)));
    let stopped = world.run(&line);
    assert_eq!(stopped.code, Some(5), "{}", stopped.err);
    assert!(
        stopped.err.contains("1 done, left are `github example api main`, `github example lib main`"),
        "{}",
        stopped.err
    );
    let names = || world.sim.identities().into_iter().map(|one| one.name).collect::<Vec<_>>();
    assert_eq!(names(), ["github example web main"]);
    let rest = world.run(&format!("{line} -o json")).success().json();
    let changes: Vec<_> = rest.as_array().unwrap().iter().map(|one| one["change"].as_str().unwrap()).collect();
    assert_eq!(changes, ["unchanged", "created", "created"]);
}

#[test]
fn what_cannot_be_taken_back_is_named() {
    let world = World::new();
    world.sim.faults().add(Fault::on("POST", "/iam/v1/rolebindings/").times(1).action(Action::Html(502)));
    world.sim.faults().add(Fault::on("DELETE", "/iam/v1/identities/").times(9).action(Action::Status {
        status: 403,
        code: 7,
        message: "no".into(),
    }));
    let ended = world.run(CREATE).failure(1, "rollback_failed");
    let left = world.sim.identities();
    assert_eq!(left.len(), 1);
    assert!(ended.err.contains(&format!("pulltoken identities delete {}", left[0].id)), "{}", ended.err);
}

#[test]
fn stopping_half_way_leaves_nothing_half_made() {
    for (path, action) in [
        ("/iam/v1/identities/", Action::HandleThenHang),
        ("/iam/v1/identities/", Action::Delay(Duration::from_millis(500))),
        ("/iam/v1/rolebindings/", Action::Hang),
    ] {
        let world = World::new();
        let fault = world.sim.faults().add(Fault::on("POST", path).times(1).action(action));
        let child = world
            .command(CREATE.split(' ').chain(["--repo", "example/api"]))
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        assert!(fault.wait(Duration::from_secs(30)));
        rustix::process::kill_process(rustix::process::Pid::from_child(&child), rustix::process::Signal::INT).unwrap();
        let ended = ended(child.wait_with_output().unwrap());
        assert_eq!(ended.code, Some(130), "{}", ended.err);
        let half = world.sim.identities().into_iter().filter(|one| one.roles.is_empty()).count();
        assert_eq!((half, world.sim.identities().len() < 2), (0, true), "{path}: {}", ended.err);
    }
}

#[test]
fn identities_are_listed_with_rule_and_role() {
    let seeded = |builder: pulltoken_sim::SimBuilder| {
        builder
            .identities(IdentitySpec::claim_match("seen", GITHUB, "job").last_seen_ago(Duration::from_secs(60)))
            .identities(IdentitySpec::pull_token("token").role("libraries.java.pull"))
    };
    for without_v2 in [false, true] {
        let world = World::with(|builder| seeded(builder).without_v2(without_v2));
        let made = only(&world, CREATE);
        let listed = world.run("identities list -o json").success().json();
        let of = |name: &str| listed.as_array().unwrap().iter().find(|one| one["name"] == name).unwrap().clone();
        assert_eq!(listed.as_array().unwrap().len(), 2, "{listed}");
        let one = of("github example web main");
        assert_eq!(
            (&one["id"], &one["claimMatch"], &one["ecosystems"]),
            (&made["id"], &made["claimMatch"], &json!(["javascript"]))
        );
        assert_eq!((&one["roles"][0]["role"], &one["lastSeenAt"]), (&json!("libraries.javascript.pull"), &Value::Null));
        assert!(of("seen")["lastSeenAt"].is_string());
        let table = world.run("identities list --parent example").success().out;
        let heading = table.lines().next().unwrap().split("  ").map(str::trim).filter(|word| !word.is_empty());
        assert_eq!(heading.collect::<Vec<_>>(), ["ID", "NAME", "ISSUER", "SUBJECT", "ROLES", "LAST SEEN"]);
        assert!(table.contains("example:libraries.javascript.pull") && table.contains("never"), "{table}");
        let creator = world.sim.token("libraries.java.pull_token_creator").unwrap();
        assert!(world.run_as(&creator, "identities list").success().err.contains("may not list the identities"));
    }
}

#[test]
fn only_what_jobs_assume_is_deleted() {
    for without_v2 in [false, true] {
        let world = World::with(|builder| {
            builder.identities(IdentitySpec::pull_token("token").role("libraries.java.pull")).without_v2(without_v2)
        });
        let pull_token = world.sim.identities()[0].id.clone();
        let made = id(&only(&world, CREATE));
        world.run(&format!("identities delete {pull_token}")).failure(2, "not_a_ci_identity");
        let creator = world.sim.token("libraries.java.pull_token_creator").unwrap();
        world.run_as(&creator, &format!("identities delete {made}")).failure(3, "capability_missing");
        assert_eq!(world.sim.identities().len(), 2);
        let both = world.run(&format!("identities delete {pull_token} {made}"));
        assert_eq!((both.code, both.err.contains(&format!("deleted {made}"))), (Some(2), true), "{}", both.err);
        assert_eq!(world.sim.identities().iter().map(|one| &one.id).collect::<Vec<_>>(), [&pull_token]);
        world.run(&format!("identities delete {made}")).failure(4, "not_found");
    }
}
