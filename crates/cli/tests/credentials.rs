//! `pulltoken get` and `pulltoken check`: where credentials come from, and what is said of them.

// Helpers of tests may fail a test as tests may.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::io::Write as _;
use std::process::Stdio;

use common::{Ended, World, end, ended};
use pulltoken_sim::SessionSpec;

fn with_stdin(world: &World, line: &str, input: &str) -> Ended {
    let mut command = world.command(line.split(' '));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    ended(child.wait_with_output().unwrap())
}

#[test]
fn get_takes_the_environments_pair_and_asks_nobody() {
    let world = World::new();
    let pair = world.credentials();
    world.sim.clear_requests();
    let got = end(world.command(["get", "-o", "json"]).envs(pair.clone())).success().json();
    assert_eq!((&got["username"], &got["password"]), (&pair[0].1.as_str().into(), &pair[1].1.as_str().into()));
    assert_eq!((&got["ecosystem"], &got["source"]), (&"javascript".into(), &"environment".into()));
    assert!(got["expiresAt"].as_str().unwrap().ends_with('Z'));
    assert!(world.sim.requests().is_empty());
}

#[test]
fn env_output_gives_the_values_back_in_every_shell() {
    let world = World::new();
    let pair = world.credentials();
    let script = format!(
        "eval $({} get -o env --repository javascript); printf '%s\\n%s' \"$CHAINGUARD_JAVASCRIPT_IDENTITY_ID\" \"$CHAINGUARD_JAVASCRIPT_TOKEN\"",
        env!("CARGO_BIN_EXE_pulltoken")
    );
    for shell in ["sh", "bash", "dash"] {
        let mut command = std::process::Command::new(shell);
        let shown = end(command.args(["-c", &script]).envs(pair.clone())).success();
        assert_eq!(shown.out, format!("{}\n{}", pair[0].1, pair[1].1), "{shell}");
    }
}

#[test]
fn get_says_what_is_missing() {
    let world = World::new();
    let pair = world.credentials();
    let none = world.run_as("", "get").failure(3, "no_credentials");
    assert!(
        none.err.contains("CHAINGUARD_JAVASCRIPT_IDENTITY_ID and CHAINGUARD_JAVASCRIPT_TOKEN are not set"),
        "{}",
        none.err
    );
    let half = end(world.command(["get", "--repository", "java"]).env("CHAINGUARD_JAVA_TOKEN", &pair[1].1))
        .failure(3, "no_credentials");
    assert!(half.err.contains("CHAINGUARD_JAVA_IDENTITY_ID is not"), "{}", half.err);
    let cut = end(world.command(["get"]).env(&pair[0].0, &pair[0].1).env(&pair[1].0, &pair[1].1[..40]))
        .failure(3, "no_credentials");
    assert!(!cut.err.contains(&pair[1].1[..20]), "{}", cut.err);
}

#[test]
fn get_takes_a_pair_by_flag_and_a_session_for_the_registry() {
    let world = World::new();
    let pair = world.credentials();
    let line = format!("get --username {} --password-stdin -o json", pair[0].1);
    let got = with_stdin(&world, &line, &format!("{}\r\n", pair[1].1)).success().json();
    assert_eq!((&got["source"], &got["password"]), (&"explicit".into(), &pair[1].1.as_str().into()));
    world.run(&format!("get --username {}", pair[0].1)).code.filter(|code| *code == 2).unwrap();

    let session = world.sim.session(SessionSpec::new().role("owner").audience("libraries.cgr.dev")).unwrap();
    let got = world.run_as(&session, "get -o json").success().json();
    assert_eq!((&got["username"], &got["source"]), (&"_token".into(), &"session".into()));
}

#[test]
fn check_judges_the_environment_and_files_at_any_time() {
    let world = World::new();
    let pair = world.credentials();
    let check = |line: &str| end(world.command(line.split(' ')).envs(pair.clone()));
    let report = check("check -o json").success().json();
    assert_eq!(
        (&report[0]["report"]["state"], &report[0]["source"], &report[0]["line"]),
        (&"valid".into(), &"environment".into(), &serde_json::Value::Null)
    );
    let later = check("check --now 2036-01-01T00:00:00Z -o json");
    assert_eq!((later.code, &later.json()[0]["report"]["state"]), (Some(10), &"expired".into()));

    let folder = tempfile::tempdir().unwrap();
    for format in ["netrc", "npmrc", "env"] {
        let path = folder.path().join(format);
        let text = check(&format!("get -o {format}")).success().out;
        std::fs::write(&path, format!("# first line\n{text}")).unwrap();
        let report = world.run(&format!("check -o json {}", path.display())).success().json();
        assert_eq!(
            (&report[0]["report"]["state"], &report[0]["username"]),
            (&"valid".into(), &pair[0].1.as_str().into()),
            "{format}"
        );
        assert!(report[0]["line"].as_u64().unwrap() >= 2, "{format}: {report}");
        let people = world.run(&format!("check {}", path.display())).success();
        assert!(people.out.starts_with("valid: ") && !people.out.contains(&pair[1].1), "{}", people.out);
    }
    let from_stdin = with_stdin(&world, "check -", &check("get -o netrc").out).success();
    assert!(from_stdin.out.contains("standard input"), "{}", from_stdin.out);
}

#[test]
fn check_ends_with_three_where_there_is_nothing() {
    let world = World::new();
    world.run("check").failure(3, "no_credentials");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("netrc");
    std::fs::write(&path, "machine github.test login someone password hunter2\n").unwrap();
    let none = world.run(&format!("check {}", path.display())).failure(3, "no_credentials");
    assert!(!none.err.contains("hunter2"));
    world.run(&format!("check {}", folder.path().join("missing").display())).failure(2, "file_unreadable");
}

#[test]
fn check_asks_the_registry_when_told_to() {
    let world = World::new();
    let pair = world.credentials();
    world.sim.clear_requests();
    let check = |line: &str| end(world.command(line.split(' ')).envs(pair.clone()));
    let allowed = check("check --online").success();
    assert!(allowed.out.contains("registry: allowed"), "{}", allowed.out);
    assert_eq!(world.sim.requests().len(), 1);

    // The token holds no role for Java, which its claims cannot tell.
    let other: Vec<_> = pair.iter().map(|(name, value)| (name.replace("JAVASCRIPT", "JAVA"), value.clone())).collect();
    let denied = end(world.command(["check", "--online", "--repository", "java", "-o", "json"]).envs(other));
    assert_eq!(denied.code, Some(3), "{}", denied.err);
    let access = &denied.json()[0]["access"];
    assert_eq!(
        (&access["allowed"], &access["status"], &access["code"]),
        (&false.into(), &403.into(), &"permission_denied".into())
    );
    assert!(access["hint"].as_str().unwrap().contains("libraries.java.pull"), "{access}");

    world.run(&format!("delete {}", pair[0].1)).success();
    let gone = check("check --online");
    assert_eq!(gone.code, Some(3), "{}", gone.out);
    assert!(gone.out.contains("registry: refused"), "{}", gone.out);
    check("check --online --registry http://127.0.0.1:1").failure(5, "network");
}
