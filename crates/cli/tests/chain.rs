//! Where `get`, `env` and `exec` find credentials, and what becomes of a token made for the purpose.

// Helpers of tests may fail a test as tests may.
#![allow(clippy::unwrap_used, clippy::panic)]
#![cfg(unix)]

mod common;

use std::process::Command;

use common::{Ended, World, end, files_with};
use serde_json::json;

const IDP: &str = "https://idp.example.com";
const CREATOR: &str = "libraries.javascript.pull_token_creator";

fn stored(world: &World, line: &str) -> Command {
    let mut command = world.command(line.split(' '));
    command.env_remove("PULLTOKEN_SESSION_TOKEN");
    command
}

fn run(world: &World, line: &str) -> Ended {
    end(&mut stored(world, line))
}

/// A world in which this person of the simulator is signed in, for the API alone or for both.
fn signed_in(person: &str, audiences: &str) -> World {
    let world = World::new();
    let file = world.home.path().join("id-token");
    std::fs::write(&file, world.sim.ci_token(IDP, json!({"sub": person})).unwrap()).unwrap();
    let line = format!("login --quiet -o none --identity-token {}{audiences}", file.display());
    run(&world, &line).success();
    world
}

fn api_only(world: &World) -> String {
    world.sim.env().into_iter().find(|(name, _)| name == "PULLTOKEN_API").unwrap().1
}

/// Signed in, with a session for the API only.
fn signed_in_for_the_api(person: &str) -> World {
    let world = signed_in(person, "");
    let file = world.home.path().join("id-token");
    let audience = api_only(&world);
    run(&world, "logout").success();
    let line = format!("login --quiet -o none --audience {audience} --identity-token {}", file.display());
    run(&world, &line).success();
    world
}

#[test]
fn a_pair_in_the_environment_comes_before_a_session() {
    let world = signed_in("owner", "");
    let pair = world.credentials();
    assert_eq!(end(stored(&world, "get -o json").envs(pair)).success().json()["source"], "environment");
    let told = run(&world, "get -o json --verbose").success();
    assert_eq!((&told.json()["source"], &told.json()["username"]), (&json!("session"), &json!("_token")));
    let steps: Vec<_> = told.err.lines().map(|line| line.split(':').next().unwrap()).collect();
    assert_eq!(steps, ["environment", "cache", "session"]);
    assert!(!told.err.contains("eyJ"));
}

#[test]
fn a_token_is_made_once_by_a_creator_and_used_again() {
    let world = signed_in_for_the_api(CREATOR);
    run(&world, "get").failure(3, "no_credentials");
    let made = run(&world, "env --mint --parent example").success();
    assert!(made.out.starts_with("export CHAINGUARD_JAVASCRIPT_IDENTITY_ID="), "{}", made.out);
    assert_eq!(run(&world, "env --mint --parent example").success().out, made.out);
    assert_eq!(run(&world, "get -o json").success().json()["source"], "cache");
    let identities = world.sim.identities();
    assert_eq!(identities.len(), 1, "{identities:?}");
    assert_eq!(identities[0].name, "pulltoken just-in-time");
    // Another organisation, and another ecosystem, are other tokens.
    run(&world, "get --parent elsewhere").failure(3, "no_credentials");
    run(&world, "get --repository java").failure(3, "no_credentials");
    run(&world, "logout").success();
    run(&world, "get").failure(3, "no_credentials");
}

#[test]
fn what_a_session_by_variable_made_is_kept_nowhere() {
    let world = World::new();
    let made = world.run("get --mint --parent example -o json").success().json();
    assert_eq!(made["source"], "mint");
    assert!(files_with(world.home.path(), &["eyJ"]).is_empty());
    let again = world.run("get --mint --parent example -o json").success().json();
    assert_ne!(made["username"], again["username"]);
    // A session of somebody else's by variable passes over what is kept.
    let world = signed_in_for_the_api(CREATOR);
    let kept = run(&world, "get --mint -o json").success().json();
    let other = world.run("get --mint -o json").success().json();
    assert_ne!(kept["username"], other["username"]);
}

#[test]
fn exec_deletes_what_it_made_where_the_caller_may() {
    let exec = "exec --mint --parent example --verbose -- npm --version";
    let owner = signed_in_for_the_api("owner");
    let ran = run(&owner, exec).success();
    assert!(ran.err.contains("was deleted again"), "{}", ran.err);
    assert!(owner.sim.identities().is_empty());
    let creator = signed_in_for_the_api(CREATOR);
    let ran = run(&creator, exec).success();
    assert!(ran.err.contains("is left to expire"), "{}", ran.err);
    assert_eq!(creator.sim.identities().len(), 1);
    for world in [&owner, &creator] {
        assert!(files_with(&world.home.path().join(".cache/pulltoken"), &["pulltoken.issuer"]).is_empty());
        assert!(!world.home.path().join(".cache/pulltoken/credentials").exists());
    }
}

#[test]
fn nobody_is_asked_where_nobody_is() {
    let world = World::new();
    let missing = run(&world, "get").failure(3, "no_credentials");
    assert!(missing.err.contains("pulltoken login"), "{}", missing.err);
    let ran = run(&world, "exec -- npm --version");
    assert_eq!(ran.code, Some(125), "{}", ran.err);
    let without = run(&world, "exec --if-available -- npm --version").success();
    assert!(without.err.contains("running without credentials"), "{}", without.err);
}
