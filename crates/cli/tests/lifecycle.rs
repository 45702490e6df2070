//! `pulltoken edit`, `rotate`, `set-role` and `entitlements`, as an owner and as a creator.

// Helpers of tests may fail a test as tests may.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::time::Duration;

use common::World;
use pulltoken_sim::{Action, Fault, IdentitySpec, Sim};
use serde_json::json;

const DAY: Duration = Duration::from_secs(86_400);

fn world() -> World {
    World::with(|builder| {
        builder
            .identities(
                IdentitySpec::pull_token("ci")
                    .description("mine")
                    .role("libraries.javascript.pull")
                    .expires_in(DAY * 10),
            )
            .identities(IdentitySpec::pull_token("containers").role("registry.pull").expires_in(DAY * 10))
    })
}

fn id_of(sim: &Sim, name: &str) -> String {
    sim.identities().into_iter().find(|one| one.name == name).unwrap().id
}

fn roles_of(sim: &Sim, id: &str) -> Vec<String> {
    let mut roles: Vec<_> =
        sim.role_bindings().into_iter().filter(|one| one.identity == id).map(|one| one.role).collect();
    roles.sort();
    roles
}

#[test]
fn edit_changes_what_it_names_and_nothing_else() {
    for without_v2 in [false, true] {
        let world = World::with(|builder| {
            let token = IdentitySpec::pull_token("ci")
                .description("mine")
                .role("libraries.javascript.pull")
                .expires_in(DAY * 10);
            builder.without_v2(without_v2).identities(token)
        });
        let id = id_of(&world.sim, "ci");
        let before = world.run("list -o json").success().json();
        world.run(&format!("edit {id} --name renamed")).success();
        let after = world.run("list -o json").success().json();
        let mut expected = before.clone();
        expected[0]["name"] = json!("renamed");
        assert_eq!(after, expected);
        world.run(&format!("edit {id} --description=")).success();
        assert_eq!(world.run("list -o json").success().json()[0]["description"], "");
        world.run(&format!("edit {id}")).failure(2, "usage");
        world.run(&format!("edit {id} --name Upper")).failure(2, "invalid_name");
        // Its key is still the one that the password was signed with.
        let pair = world.sim.password_of(&id).unwrap();
        let ping = format!("{}/javascript/-/ping", world.sim.addresses().registry);
        let asked = std::process::Command::new("curl")
            .args(["-sf", "-u", &format!("{}:{}", pair.username, pair.password), &ping])
            .output();
        assert!(asked.unwrap().status.success());
    }
}

/// A server of the old kind, without version 2, and one that spells unset fields out and has fields of
/// its own.
#[test]
fn a_whole_life_on_other_servers_is_the_same() {
    for (without_v2, wordy) in [(true, false), (false, true)] {
        let world = World::with(|builder| {
            let old = IdentitySpec::pull_token("old").expired_since(DAY);
            builder.without_v2(without_v2).write_unset_fields(wordy).unknown_fields(wordy).identities(old)
        });
        let made = world.run("create --repository java --parent example --name ci -o json").success().json();
        let id = made["id"].as_str().unwrap();
        world.run(&format!("edit {id} --name edited")).success();
        world.run(&format!("set-role {id} --repository javascript")).success();
        assert_eq!(roles_of(&world.sim, id), ["libraries.javascript.pull"]);
        let new = world.run(&format!("rotate {id} -o json")).success().json();
        assert_eq!((&new["name"], &new["ecosystems"]), (&"edited".into(), &json!(["javascript"])));
        let kept = new["id"].as_str().unwrap();
        let newest = world.run(&format!("rotate {kept} --keep-old=1h -o json")).success().json();
        let listed = world.run("list -o json").success().json();
        let names: Vec<_> = listed.as_array().unwrap().iter().map(|one| &one["name"]).collect();
        assert_eq!(names, ["edited", "edited"], "{listed}");
        world.run(&format!("delete {kept} {}", newest["id"].as_str().unwrap())).success();
        world.run("delete --expired --parent example --yes").success();
        assert!(world.sim.identities().is_empty());
        let entitlements = world.run("entitlements list --parent example -o json").success().json();
        assert_eq!(entitlements.as_array().unwrap().len(), 3);
    }
}

#[test]
fn a_rotation_makes_the_new_before_the_old_goes() {
    let world = world();
    let old = id_of(&world.sim, "ci");
    world.sim.clear_requests();
    let made = world.run(&format!("rotate {old} --ttl 48h -o json")).success().json();
    let new = made["id"].as_str().unwrap();
    assert_eq!(
        (&made["name"], &made["description"], &made["ecosystems"]),
        (&"ci".into(), &"mine".into(), &json!(["javascript"]))
    );
    assert_eq!(roles_of(&world.sim, new), ["libraries.javascript.pull"]);
    assert!(!world.sim.identities().iter().any(|one| one.id == old));
    let order: Vec<_> =
        world.sim.requests().into_iter().filter(|one| one.method != "GET").map(|one| (one.method, one.path)).collect();
    let at = |method: &str, part: &str| order.iter().position(|(m, path)| m == method && path.contains(part)).unwrap();
    assert!(
        at("POST", "/rolebindings/") < at("POST", "/sts/exchange") && at("POST", "/sts/exchange") < at("DELETE", &old),
        "{order:?}"
    );
}

#[test]
fn an_old_token_may_be_kept_but_never_longer_than_its_own_time() {
    let world = world();
    let (old, other) = (id_of(&world.sim, "ci"), id_of(&world.sim, "containers"));
    let listed = |id: &str| {
        let all = world.run("list --all -o json").success().json();
        all.as_array().unwrap().iter().find(|one| one["id"] == id).cloned().unwrap()
    };
    let own_end = listed(&old)["expiresAt"].clone();
    world.run(&format!("rotate {old} --keep-old=9000h")).success();
    assert_eq!(listed(&old)["expiresAt"], own_end);
    world.run(&format!("rotate {old} --keep-old")).success();
    assert_eq!(listed(&old)["expiresAt"], own_end);
    let said = world.run(&format!("rotate {other} --keep-old=24h")).success();
    assert!(said.err.contains("works until"), "{}", said.err);
    assert_ne!(listed(&other)["expiresAt"], listed(&old)["expiresAt"]);
    assert_eq!(roles_of(&world.sim, &other), ["registry.pull"]);
    world.run(&format!("rotate {old} --keep-old=0s")).failure(2, "ttl_out_of_range");
}

#[test]
fn a_new_token_that_does_not_work_is_taken_back_and_the_old_one_stays() {
    let world = world();
    let old = id_of(&world.sim, "ci");
    let before = world.sim.identities().len();
    world.sim.faults().add(Fault::on("POST", "/sts/exchange").times(u32::MAX).action(Action::Status {
        status: 401,
        code: 16,
        message: "no".into(),
    }));
    world.run(&format!("rotate {old}")).failure(1, "rotation_unverified");
    assert_eq!(world.sim.identities().len(), before);
    assert!(world.sim.identities().iter().any(|one| one.id == old));
}

#[test]
fn an_old_token_that_will_not_go_is_named_with_the_new_one_printed() {
    let world = world();
    let old = id_of(&world.sim, "ci");
    let deletion = Fault::on("DELETE", &format!("/iam/v1/identities/{old}")).times(u32::MAX);
    world.sim.faults().add(deletion.action(Action::Status { status: 403, code: 7, message: "stuck".into() }));
    let ended = world.run(&format!("rotate {old}"));
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.out.contains("Password: ey")
            && ended.err.contains("error[incomplete]")
            && ended.err.contains(&format!("pulltoken delete {old}")),
        "{}",
        ended.err
    );
}

#[test]
fn two_rotations_at_once_leave_no_old_token_and_two_that_work() {
    let world = world();
    let old = id_of(&world.sim, "ci");
    let start = || {
        let mut command = world.command(["rotate", &old, "-o", "json"]);
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap()
    };
    let both = [start(), start()].map(|child| common::ended(child.wait_with_output().unwrap()));
    // The slower one may come too late to see the old one, and then makes nothing.
    let made: Vec<_> = both
        .iter()
        .filter(|one| one.code == Some(0))
        .map(|one| one.json()["id"].as_str().unwrap().to_owned())
        .collect();
    assert!(
        !made.is_empty() && both.iter().all(|one| matches!(one.code, Some(0 | 4))),
        "{} {}",
        both[0].err,
        both[1].err
    );
    let left: Vec<_> = world.sim.identities().into_iter().filter(|one| one.name == "ci").map(|one| one.id).collect();
    assert_eq!(left.len(), made.len());
    assert!(made.iter().all(|id| left.contains(id)) && !left.contains(&old));
}

#[test]
fn roles_are_added_before_they_are_taken_away() {
    let world = world();
    let id = id_of(&world.sim, "containers");
    world.sim.clear_requests();
    let said = world.run(&format!("set-role {id} --repository java,javascript")).success();
    assert!(
        said.err.contains("added libraries.java.pull") && said.err.contains("removed registry.pull"),
        "{}",
        said.err
    );
    assert_eq!(roles_of(&world.sim, &id), ["libraries.java.pull", "libraries.javascript.pull"]);
    let order: Vec<_> =
        world.sim.requests().into_iter().filter(|one| one.method != "GET").map(|one| one.method).collect();
    assert_eq!(order, ["POST", "POST", "DELETE"]);
    assert!(world.run(&format!("role {id} --repository javascript,java")).success().err.contains("nothing to change"));
    world.run(&format!("set-role {id}")).failure(2, "ecosystem_required");

    world.sim.faults().add(Fault::on("POST", "/iam/v1/rolebindings/").times(1).action(Action::Status {
        status: 403,
        code: 7,
        message: "no".into(),
    }));
    world.run(&format!("set-role {id} --repository python")).failure(3, "permission_denied");
    assert_eq!(roles_of(&world.sim, &id), ["libraries.java.pull", "libraries.javascript.pull"]);
}

#[test]
fn a_creator_is_refused_before_anything_is_made_and_told_what_to_do() {
    let world = world();
    let creator = world.sim.token("libraries.javascript.pull_token_creator").unwrap();
    let id = id_of(&world.sim, "ci");
    let before = (world.sim.identities(), world.sim.role_bindings());
    for line in [
        format!("rotate {id}"),
        format!("set-role {id} --repository java"),
        format!("edit {id} --name x"),
        format!("delete {id}"),
    ] {
        let refused = world.run_as(&creator, &line).failure(3, "capability_missing");
        assert!(refused.err.contains("owner of the organisation can: pulltoken"), "{line}: {}", refused.err);
        let verb = line.split(' ').next().unwrap();
        assert!(refused.err.contains(&format!("may not {verb} {id}: it lacks ")), "{}", refused.err);
    }
    let told = world.run_as(&creator, &format!("rotate {id}")).err;
    assert!(told.contains("pulltoken create --repository javascript"), "{told}");
    assert_eq!(before, (world.sim.identities(), world.sim.role_bindings()));
}

#[test]
fn entitlements_are_listed_created_and_deleted() {
    let world = World::new();
    let org = world.sim.organization().id.clone();
    let table = world.run("entitlements list --parent example").success().out;
    let heading = format!("Ecosystem Library Entitlements for example ({}...{})", &org[..4], &org[org.len() - 6..]);
    assert_eq!(table.lines().next().unwrap(), heading);
    assert!(table.contains("JAVASCRIPT") && !table.contains("GO "), "{table}");
    let made = world.run("entitlements create --ecosystems go,dotnet --policy POLICY_CHAINGUARD --cooldown-days 3 --parent example -o json").success().json();
    assert_eq!(
        (&made[0]["ecosystem"], &made[0]["policy"], &made[0]["cooldownDays"]),
        (&"GO".into(), &"POLICY_CHAINGUARD".into(), &3.into())
    );
    world.run("entitlements create --ecosystems go --parent example").failure(1, "already_exists");
    world.run("entitlements create --ecosystems ruby --parent example").failure(2, "usage");
    world.run("entitlements create --ecosystems go --cooldown-days 4000 --parent example").failure(2, "usage");
    world.run(&format!("entitlements delete {}", made[0]["id"].as_str().unwrap())).success();
    let left = world.run("entitlements list --parent example -o json").success().json();
    assert_eq!(left.as_array().unwrap().len(), 4);
    let viewer = world.sim.token("viewer").unwrap();
    let refused = world.run_as(&viewer, "entitlements create --ecosystems go --parent example");
    let refused = refused.failure(3, "capability_missing");
    let owners = "an owner of `example` can: pulltoken entitlements create --ecosystems go --parent example";
    assert!(refused.err.contains(owners), "{}", refused.err);
    world.run_as(&viewer, "entitlements list --parent example").success();
}
