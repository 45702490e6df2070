//! `pulltoken exec` with the npm of this machine against the simulated registry.

// Helpers of tests may fail a test as tests may.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Command, Stdio};

use base64::Engine as _;
use common::{World, end, ended, files_with};
use rustix::process::{Pid, Signal, kill_process};

/// A project in which npm asks nobody but the registry.
fn project(world: &World) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("package.json"), r#"{"name":"app","version":"1.0.0","private":true}"#).unwrap();
    std::fs::write(world.home.path().join(".npmrc"), "update-notifier=false\n; mine\n").unwrap();
    folder
}

fn exec(world: &World, folder: &Path, pair: &[(String, String)], arguments: &str) -> Command {
    exec_with(world, folder, pair, "--repository javascript", arguments)
}

fn exec_with(world: &World, folder: &Path, pair: &[(String, String)], flags: &str, arguments: &str) -> Command {
    let line = ["exec"].into_iter().chain(flags.split(' ')).chain(["--"]).chain(arguments.split(' '));
    let mut command = world.command(line);
    command.current_dir(folder).envs(pair.iter().cloned());
    command
}

#[test]
fn npm_installs_sealed_and_no_credential_is_left() {
    npm_installs("--repository javascript");
}

#[test]
fn npm_installs_with_a_lent_credential_and_leaves_none() {
    npm_installs("--direct");
}

fn npm_installs(flags: &str) {
    let world = World::new();
    let (pair, project) = (world.credentials(), project(&world));
    world.sim.clear_requests();
    let packages = "npm install whole-crew @example/scoped only-upstream far-away";
    let installed = end(&mut exec_with(&world, project.path(), &pair, flags, packages)).success();
    assert!(installed.out.contains("added 8 packages"), "{}", installed.out);
    let (registry, storage): (Vec<_>, Vec<_>) =
        world.sim.requests().into_iter().partition(|one| one.path.starts_with("/javascript"));
    assert!(registry.len() > 10 && registry.iter().all(|one| one.authenticated), "{registry:?}");
    assert!(storage.len() == 1 && storage[0].authorization.is_none() && storage[0].status == Some(200), "{storage:?}");

    let lockfile = project.path().join("package-lock.json");
    let before = std::fs::read(&lockfile).unwrap();
    std::fs::remove_dir_all(project.path().join("node_modules")).unwrap();
    end(&mut exec_with(&world, project.path(), &pair, flags, "npm ci")).success();
    assert_eq!(std::fs::read(&lockfile).unwrap(), before);

    let both = base64::engine::general_purpose::STANDARD.encode(format!("{}:{}", pair[0].1, pair[1].1));
    let alone = base64::engine::general_purpose::STANDARD.encode(&pair[1].1);
    for folder in [project.path(), world.home.path()] {
        assert_eq!(
            files_with(folder, &[&pair[1].1, &both, &alone[..alone.len() - 4]]),
            Vec::<std::path::PathBuf>::new()
        );
    }
    assert_eq!(std::fs::read_to_string(world.home.path().join(".npmrc")).unwrap(), "update-notifier=false\n; mine\n");
    assert!(!world.home.path().join(".cache/pulltoken/run").read_dir().unwrap().any(|entry| entry.is_ok()));
}

#[test]
fn a_project_with_placeholders_of_its_own_installs_too() {
    let world = World::new();
    let (pair, project) = (world.credentials(), project(&world));
    let registry = &world.sim.addresses().registry;
    let dart = registry.trim_start_matches("http:");
    let npmrc = format!("registry={registry}/javascript/\n{dart}/javascript/:_auth=${{CHAINGUARD_JAVASCRIPT_AUTH}}\n");
    std::fs::write(project.path().join(".npmrc"), npmrc).unwrap();
    for flags in ["--repository javascript", "--direct"] {
        end(&mut exec_with(&world, project.path(), &pair, flags, "npm install right-hand")).success();
    }
}

#[test]
fn scripts_see_no_variable_of_ours_by_its_name() {
    let world = World::new();
    let (pair, project) = (world.credentials(), project(&world));
    let package = r#"{"name":"app","version":"1.0.0","dependencies":{"right-hand":"2"},"scripts":{"postinstall":"node -p \"JSON.stringify(process.env)\" > seen.json"}}"#;
    std::fs::write(project.path().join("package.json"), package).unwrap();
    end(&mut exec(&world, project.path(), &pair, "npm install")).success();
    let seen: serde_json::Value =
        serde_json::from_slice(&std::fs::read(project.path().join("seen.json")).unwrap()).unwrap();
    assert_eq!(seen["CHAINGUARD_JAVASCRIPT_TOKEN"], "withheld-by-pulltoken");
    assert!(!seen.to_string().contains(&pair[1].1) && seen.get("PULLTOKEN_HANDED_OVER").is_none());
    assert_eq!(seen.get("PULLTOKEN_SESSION_TOKEN"), None);
}

#[test]
fn the_exit_code_is_npms_and_ours_is_125() {
    let world = World::new();
    let (pair, project) = (world.credentials(), project(&world));
    let blocked = end(&mut exec(&world, project.path(), &pair, "npm install bad-apple"));
    assert_eq!(blocked.code, Some(1));
    assert!(blocked.err.contains("blocked by policy"), "{}", blocked.err);
    end(&mut exec(&world, project.path(), &[], "npm ci")).failure(125, "no_credentials");
    end(&mut exec_with(&world, project.path(), &pair, "--direct", "node -e 0")).failure(125, "usage");
    end(&mut exec(&world, project.path(), &pair, "/nowhere/npm ci")).failure(127, "command_not_found");
    let usage = end(&mut world.command(["exec", "--wrong", "--", "npm"]));
    assert_eq!(usage.code, Some(125));
    let without =
        end(world.command(["exec", "--if-available", "--", "npm", "--version"]).env_remove("PULLTOKEN_SESSION_TOKEN"));
    assert!(without.success().err.contains("running without credentials"));
}

#[test]
fn a_signal_reaches_npm_and_gives_its_exit_code() {
    let world = World::new();
    let (pair, project) = (world.credentials(), project(&world));
    let package = r#"{"name":"app","version":"1.0.0","scripts":{"wait":"exec node -e \"process.on('SIGTERM', () => process.exit(7)); console.log('ready'); setInterval(() => {}, 1000)\""}}"#;
    std::fs::write(project.path().join("package.json"), package).unwrap();
    let mut command = exec(&world, project.path(), &pair, "npm run --silent wait");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    assert_eq!(line.trim(), "ready");
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    out.read_to_string(&mut line).unwrap();
    let ended = ended(child.wait_with_output().unwrap());
    assert!(matches!(ended.code, Some(7 | 143)), "{:?} {}", ended.code, ended.err);
    assert!(!world.home.path().join(".cache/pulltoken/run").read_dir().unwrap().any(|entry| entry.is_ok()));
}

#[test]
fn a_lockfile_from_elsewhere_is_named_before_npm_fails() {
    let world = World::new();
    let (pair, project) = (world.credentials(), project(&world));
    let lock = r#"{"name":"app","lockfileVersion":3,"packages":{"":{},"node_modules/x":{"version":"1.0.0","resolved":"https://registry.test/x.tgz"}}}"#;
    std::fs::write(project.path().join("package-lock.json"), lock).unwrap();
    let run = end(&mut exec(&world, project.path(), &pair, "npm --version")).success();
    assert!(run.err.contains("pins 1 of 2 packages to registry.test"), "{}", run.err);
    assert_eq!(run.out.trim().split('.').count(), 3);
}
