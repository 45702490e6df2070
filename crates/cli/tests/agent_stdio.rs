//! `pulltoken agent --stdio`: the proxy for tools, in a process of its own.

// Helpers of tests may fail a test as tests may.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use common::{World, end, ended, files_with};
use serde_json::Value;

/// An agent, and what it printed.
fn start(world: &World, pair: &[(String, String)]) -> (Child, Value) {
    let mut command = world.command(["agent", "--stdio"]);
    command.envs(pair.iter().cloned()).env("npm_config_REGISTRY", "https://elsewhere.test/");
    let mut agent = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(agent.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let told = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
    (agent, told)
}

fn port(told: &Value) -> u16 {
    told["proxyUrl"].as_str().unwrap().rsplit(':').next().unwrap().parse().unwrap()
}

#[test]
fn a_tools_package_manager_has_access_and_no_credential() {
    let world = World::new();
    let pair = world.credentials();
    let (agent, told) = start(&world, &pair);
    assert!(!told.to_string().contains(&pair[1].1), "the credential was printed");
    assert_eq!(told["ecosystem"], "javascript");
    assert_eq!(told["registries"].as_array().unwrap().len(), 2);
    assert_eq!(told["registry"], told["registries"][0]);
    let authorities = std::fs::read_to_string(told["caFile"].as_str().unwrap()).unwrap();
    assert!(authorities.contains("BEGIN CERTIFICATE"));
    for manager in ["npm", "pnpm", "yarn", "bun"] {
        let changes = told["env"][manager].as_object().unwrap();
        assert!(changes.values().any(|value| *value == told["proxyUrl"]), "{manager}: {changes:?}");
        assert_eq!(changes["CHAINGUARD_JAVASCRIPT_TOKEN"], "withheld-by-pulltoken");
        // What is to be taken out has no value.
        assert_eq!(changes["PULLTOKEN_SESSION_TOKEN"], Value::Null);
    }

    // Bun fills what is empty from a project's `.env`.
    for name in ["NO_PROXY", "no_proxy"] {
        assert_eq!(told["env"]["bun"][name], "no-proxy.invalid", "{name}");
    }

    let project = tempfile::tempdir().unwrap();
    std::fs::write(project.path().join("package.json"), r#"{"name":"app","version":"1.0.0"}"#).unwrap();
    world.sim.clear_requests();
    let mut npm = Command::new("npm");
    npm.args(["install", "whole-crew", "far-away"]).current_dir(project.path()).env_clear();
    npm.env("PATH", std::env::var_os("PATH").unwrap()).env("HOME", world.home.path());
    let changes = told["env"]["npm"].as_object().unwrap();
    npm.envs(changes.iter().filter_map(|(name, value)| Some((name, value.as_str()?))));
    end(&mut npm).success();
    let requests = world.sim.requests();
    let mut ours = requests.iter().filter(|one| one.path.starts_with("/javascript"));
    assert!(ours.all(|one| one.authenticated) && requests.len() > 5, "{requests:?}");
    assert_eq!(files_with(world.home.path(), &[&pair[1].1]), Vec::<std::path::PathBuf>::new());

    let ended = ended(agent.wait_with_output().unwrap());
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
}

#[test]
fn it_ends_with_its_input_and_leaves_nothing() {
    let world = World::new();
    let pair = world.credentials();
    let (mut agent, told) = start(&world, &pair);
    TcpStream::connect(("127.0.0.1", port(&told))).unwrap();
    assert!(agent.try_wait().unwrap().is_none());
    drop(agent.stdin.take());
    assert!(agent.wait().unwrap().success());
    assert!(TcpStream::connect(("127.0.0.1", port(&told))).is_err());
    assert!(!std::path::Path::new(told["caFile"].as_str().unwrap()).exists());
}

#[test]
fn what_it_made_is_deleted_again() {
    let world = World::new();
    let mut command = world.command(["agent", "--stdio", "--mint", "--parent", "example"]);
    let mut agent = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(agent.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let count = || world.run("list --repository javascript --all -o json").success().json().as_array().unwrap().len();
    assert_eq!(count(), 1);
    drop(agent.stdin.take());
    assert!(agent.wait().unwrap().success());
    assert_eq!(count(), 0);
}

#[test]
fn without_a_credential_it_says_so() {
    let world = World::new();
    let without = end(world.command(["agent", "--stdio"]).env_remove("PULLTOKEN_SESSION_TOKEN"));
    without.failure(3, "no_credentials");
    let by_input = end(&mut world.command(["agent", "--stdio", "--username", "a", "--password-stdin"]));
    by_input.failure(2, "usage");
}
