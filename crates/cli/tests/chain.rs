//! Where `get`, `env` and `exec` find credentials, and what becomes of a token made for the purpose.

// Helpers of tests may fail a test as tests may.
#![allow(clippy::unwrap_used, clippy::panic)]
#![cfg(unix)]

mod common;

use common::{World, end, files_with};
use serde_json::json;

const CREATOR: &str = "libraries.javascript.pull_token_creator";

fn signed_in(person: &str) -> World {
    let world = World::new();
    world.sign_in(person, "");
    world
}

/// Signed in, with a session for the API only.
fn signed_in_for_the_api(person: &str) -> World {
    let world = World::new();
    world.sign_in(person, &format!(" --audience {}", world.address("PULLTOKEN_API")));
    world
}

#[test]
fn a_pair_in_the_environment_comes_before_a_session() {
    let world = signed_in("owner");
    let pair = world.credentials();
    assert_eq!(end(world.stored("get -o json").envs(pair)).success().json()["source"], "environment");
    let told = world.run_stored("get -o json --verbose").success();
    assert_eq!((&told.json()["source"], &told.json()["username"]), (&json!("session"), &json!("_token")));
    let steps: Vec<_> = told.err.lines().map(|line| line.split(':').next().unwrap()).collect();
    assert_eq!(steps, ["environment", "cache", "session"]);
    assert!(!told.err.contains("eyJ"));
}

#[test]
fn a_token_is_made_once_by_a_creator_and_used_again() {
    let world = signed_in_for_the_api(CREATOR);
    world.run_stored("get").failure(3, "no_credentials");
    let made = world.run_stored("env --mint --parent example").success();
    assert!(made.out.starts_with("export CHAINGUARD_JAVASCRIPT_IDENTITY_ID="), "{}", made.out);
    assert_eq!(world.run_stored("env --mint --parent example").success().out, made.out);
    assert_eq!(world.run_stored("get -o json").success().json()["source"], "cache");
    let identities = world.sim.identities();
    assert_eq!(identities.len(), 1, "{identities:?}");
    assert_eq!(identities[0].name, "pulltoken just-in-time");
    // Another organisation, and another ecosystem, are other tokens.
    world.run_stored("get --parent elsewhere").failure(3, "no_credentials");
    world.run_stored("get --repository java").failure(3, "no_credentials");
    world.run_stored("logout").success();
    world.run_stored("get").failure(3, "no_credentials");
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
    let kept = world.run_stored("get --mint -o json").success().json();
    let other = world.run("get --mint -o json").success().json();
    assert_ne!(kept["username"], other["username"]);
}

#[test]
fn exec_deletes_what_it_made_where_the_caller_may() {
    let exec = "exec --mint --parent example --verbose -- npm --version";
    let owner = signed_in_for_the_api("owner");
    let ran = owner.run_stored(exec).success();
    assert!(ran.err.contains("was deleted again"), "{}", ran.err);
    assert!(owner.sim.identities().is_empty());
    let creator = signed_in_for_the_api(CREATOR);
    let ran = creator.run_stored(exec).success();
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
    let missing = world.run_stored("get").failure(3, "no_credentials");
    assert!(missing.err.contains("pulltoken login"), "{}", missing.err);
    let ran = world.run_stored("exec -- npm --version");
    assert_eq!(ran.code, Some(125), "{}", ran.err);
    let without = world.run_stored("exec --if-available -- npm --version").success();
    assert!(without.err.contains("running without credentials"), "{}", without.err);
}
