//! `pulltoken exec` sealed: what the command holds and what it does not, and what is said when it fails.

// Helpers of tests may fail a test as tests may.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::path::Path;
use std::process::Command;

use common::{Ended, World, end};
use serde_json::Value;

struct Project {
    world: World,
    pair: [(String, String); 2],
    folder: tempfile::TempDir,
}

impl Project {
    fn new(package: &str) -> Self {
        let world = World::new();
        let (pair, folder) = (world.credentials(), tempfile::tempdir().unwrap());
        std::fs::write(folder.path().join("package.json"), package).unwrap();
        std::fs::write(world.home.path().join(".npmrc"), "update-notifier=false\nfund=false\n").unwrap();
        world.sim.clear_requests();
        Self { world, pair, folder }
    }

    fn command(&self, flags: &str, line: &str) -> Command {
        let words = ["exec"].into_iter().chain(flags.split_whitespace()).chain(["--"]).chain(line.split(' '));
        let mut command = self.world.command(words);
        command.current_dir(self.folder.path()).envs(self.pair.iter().cloned());
        command
    }

    fn run(&self, flags: &str, line: &str) -> Ended {
        end(&mut self.command(flags, line))
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }
}

const PLAIN: &str = r#"{"name":"app","version":"1.0.0","private":true}"#;

fn read_json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn the_report_tells_what_came_from_where_and_no_secret() {
    let project = Project::new(PLAIN);
    let report = project.path("report.json");
    let flags = format!("--report {}", report.display());
    project.run(&flags, "npm install right-hand only-upstream").success();
    let text = std::fs::read_to_string(&report).unwrap();
    assert!(!text.contains(&project.pair[1].1) && !text.contains("Authorization"));
    let report = read_json(&report);
    assert_eq!(report["version"], 1);
    let served = report["served"].as_array().unwrap();
    let of = |package: &str| served.iter().find(|one| one["package"] == package && one["version"].is_string()).unwrap();
    assert_eq!((&of("right-hand")["source"], &of("right-hand")["status"]), (&"chainguard".into(), &200.into()));
    assert_eq!(of("only-upstream")["source"], "upstream");
    let lock = read_json(&project.path("package-lock.json"));
    assert_eq!(of("right-hand")["integrity"], lock["packages"]["node_modules/right-hand"]["integrity"]);

    let blocked = project.path("blocked.json");
    project.run(&format!("--report {}", blocked.display()), "npm install bad-apple");
    let served = read_json(&blocked)["served"].clone();
    let entry = served.as_array().unwrap().iter().find(|one| one["package"] == "bad-apple").unwrap().clone();
    assert!(entry["reason"].as_str().unwrap().contains("blocked"), "{entry}");
}

#[test]
fn a_report_that_cannot_be_written_is_found_out_before_anything_runs() {
    let project = Project::new(PLAIN);
    for (path, why) in [("nowhere/report.json", "its folder does not exist"), (".", "it is a folder")] {
        let refused =
            project.run(&format!("--report {path}"), "npm install right-hand").failure(125, "file_unwritable");
        assert!(
            refused.err.contains(&format!("written to {path}: {why}\n")) && !refused.err.contains(".report-"),
            "{}",
            refused.err
        );
    }
    assert!(!project.path("node_modules").exists() && project.world.sim.requests().is_empty());
    let names: Vec<_> =
        std::fs::read_dir(project.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["package.json"]);
}

#[test]
fn a_failure_is_told_once_whatever_npm_says() {
    let project = Project::new(PLAIN);
    let blocked = project.run("", "npm install bad-apple");
    assert_eq!(blocked.code, Some(1));
    assert_eq!(blocked.err.matches("error[permission_denied]").count(), 1, "{}", blocked.err);
    assert!(blocked.err.contains("\n  hint: "));

    // A token that was deleted while it still looks good.
    let id = project.pair[0].1.clone();
    project.world.run(&format!("delete {id}")).success();
    let refused = project.run("", "npm install right-hand");
    assert!(refused.err.contains("error[unauthenticated]"), "{}", refused.err);

    std::fs::write(project.path(".npmrc"), "@example:registry=http://127.0.0.1:9/\nfetch-retries=0\n").unwrap();
    let elsewhere = project.run("", "npm install @example/scoped");
    assert!(elsewhere.err.contains("never asked"), "{}", elsewhere.err);
    // A script that fails has nothing to do with the registry.
    std::fs::write(project.path("package.json"), r#"{"name":"app","version":"1.0.0","scripts":{"test":"exit 3"}}"#)
        .unwrap();
    let failed = project.run("", "npm test");
    assert_eq!(failed.code, Some(3));
    assert!(!failed.err.contains("error["), "{}", failed.err);
}

#[test]
fn sealed_can_be_demanded() {
    let project = Project::new(PLAIN);
    for flag in ["--direct", "--allow-direct"] {
        let mut command = project.command(flag, "npm --version");
        end(command.env("PULLTOKEN_REQUIRE_SEALED", "1")).failure(125, "usage");
    }
    let mut command = project.command("", "npm --version");
    end(command.env("PULLTOKEN_REQUIRE_SEALED", "1")).success();
    for line in ["yarn --version", "bun --version"] {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join(line.split(' ').next().unwrap());
        std::fs::write(&program, "#!/bin/sh\nexit 0\n").unwrap();
        end(Command::new("chmod").args(["+x", program.to_str().unwrap()]));
        let mut command = project.command("--direct", line);
        let refused = end(command.env("PATH", folder.path())).failure(125, "usage");
        assert!(refused.err.contains("cannot be given the credential itself"), "{}", refused.err);
    }
}

/// Where sealed cannot work, nothing is run unless that is allowed in words.
#[test]
fn it_fails_closed() {
    let project = Project::new(PLAIN);
    let broken = |flags: &str| {
        let mut command = project.command(flags, "npm --version");
        end(command.env("HTTPS_PROXY", "socks5://127.0.0.1:1"))
    };
    broken("").failure(125, "usage");
    let direct = broken("--allow-direct").success();
    assert!(direct.err.contains("npm gets the credential itself"), "{}", direct.err);
}

#[test]
fn a_repository_manager_stands_in_with_its_own_credential_alone() {
    let project = Project::new(PLAIN);
    let registry = project.world.address("PULLTOKEN_REGISTRY");
    let flags = format!("--proxy-url {registry}/javascript/");
    let refused = project.run(&flags, "npm install right-hand").failure(125, "no_credentials");
    assert!(refused.err.contains("PULLTOKEN_PROXY_USERNAME"), "{}", refused.err);
    assert!(project.world.sim.requests().is_empty());

    let other = project.world.credentials();
    let mut command = project.command(&flags, "npm install right-hand");
    command.env("PULLTOKEN_PROXY_USERNAME", &other[0].1).env("PULLTOKEN_PROXY_PASSWORD", &other[1].1);
    project.world.sim.clear_requests();
    end(&mut command).success();
    let requests = project.world.sim.requests();
    assert!(requests.iter().filter(|one| one.path.starts_with("/javascript/")).all(|one| one.authenticated));
    // The other repository is not behind that URL.
    let mut command = project.command(&flags, "npm install only-upstream");
    command.env("PULLTOKEN_PROXY_USERNAME", &other[0].1).env("PULLTOKEN_PROXY_PASSWORD", &other[1].1);
    assert_ne!(end(&mut command).code, Some(0));
    assert!(project.world.sim.requests().iter().all(|one| !one.path.starts_with("/javascript-upstream/")));
}

#[test]
fn what_writes_elsewhere_runs_with_nothing_of_ours() {
    let project = Project::new(PLAIN);
    let run = project.run("", "npm config get https-proxy").success();
    assert_eq!(run.out.trim(), "null");
    assert!(run.err.contains("it runs without"), "{}", run.err);
}

/// What a script of the same user finds in the process that has the credential.
#[cfg(target_os = "linux")]
#[test]
fn the_process_is_closed_to_what_it_starts() {
    use std::os::unix::process::CommandExt as _;
    const NOBODY: u32 = 65534;
    let package = r#"{"name":"app","version":"1.0.0","scripts":{"look":"node look.cjs"}}"#;
    let project = Project::new(package);
    // Every ancestor's environment and memory map.
    let look = r#"
        const fs = require('fs');
        const read = (path) => { try { return fs.readFileSync(path, 'latin1'); } catch (error) { return error.code; } };
        const found = [];
        for (let pid = process.ppid; pid > 1;) {
            const status = read(`/proc/${pid}/status`);
            found.push({ name: read(`/proc/${pid}/comm`).trim(), environ: read(`/proc/${pid}/environ`), maps: read(`/proc/${pid}/maps`).slice(0, 20) });
            if (found.at(-1).name === 'pulltoken') break;
            pid = Number(/PPid:\s*(\d+)/.exec(status)?.[1] ?? 0);
        }
        fs.writeFileSync('seen.json', JSON.stringify({ found, own: process.env }));
    "#;
    std::fs::write(project.path("look.cjs"), look).unwrap();
    let mut command = project.command("", "npm run look");
    if rustix::process::geteuid().is_root() {
        // Root may read any process: the promise is made to ordinary users.
        for folder in [project.folder.path(), project.world.home.path()] {
            end(Command::new("chown").args(["-R", "65534:65534", folder.to_str().unwrap()])).success();
        }
        let own = project.path("pulltoken");
        std::fs::copy(env!("CARGO_BIN_EXE_pulltoken"), &own).unwrap();
        let mut lowered = Command::new(&own);
        lowered.args(command.get_args()).env_clear().current_dir(project.folder.path()).uid(NOBODY).gid(NOBODY);
        lowered.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command = lowered;
    }
    end(&mut command).success();
    let seen = read_json(&project.path("seen.json"));
    let secret = &project.pair[1].1;
    assert!(!seen.to_string().contains(secret));
    let ours = seen["found"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&ours["name"], &ours["environ"], &ours["maps"]),
        (&"pulltoken".into(), &"EACCES".into(), &"EACCES".into())
    );
}

/// The pipe that carried the secrets over is not left open for the command.
#[cfg(target_os = "linux")]
#[test]
fn nothing_is_left_open_for_the_command() {
    use std::os::unix::fs::PermissionsExt as _;
    let project = Project::new(PLAIN);
    let program = project.path("npm");
    std::fs::write(&program, "#!/bin/sh\nexec /bin/ls -1 /proc/self/fd\n").unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let seen = project.run("", &format!("{} ci", program.display())).success().out;
    // What this test has open itself counts as well.
    let without = end(Command::new(&program).stdin(std::process::Stdio::null())).success().out;
    assert_eq!(seen, without);
}

/// A project that turns the check of certificates off would have the credential sent to its own proxy.
#[test]
fn a_project_that_loosens_trust_is_not_trusted_with_the_credential_itself() {
    let project = Project::new(PLAIN);
    for setting in ["strict-ssl=false", "cafile=./theirs.pem", "ca=\"x\""] {
        std::fs::write(project.path(".npmrc"), format!("https-proxy=http://127.0.0.1:9\n{setting}\n")).unwrap();
        let refused = project.run("--direct", "npm install right-hand").failure(125, "usage");
        assert!(refused.err.contains("could be made to give the credential away"), "{}", refused.err);
    }
    assert!(project.world.sim.requests().is_empty());
    // Sealed does not care.
    std::fs::write(project.path(".npmrc"), "proxy=http://127.0.0.1:9\nnoproxy=*\nstrict-ssl=false\n").unwrap();
    project.run("", "npm install right-hand").success();
}

/// The environment that a process was started with stays readable to root and in core files: the one
/// that has the credential is another.
#[cfg(target_os = "linux")]
#[test]
fn secrets_do_not_stay_in_the_environment_of_the_process() {
    let package = r#"{"name":"app","version":"1.0.0","scripts":{"look":"for p in $(pgrep -x pulltoken); do tr '\\0' '\\n' < /proc/$p/environ; echo; done > seen.txt"}}"#;
    let project = Project::new(package);
    end(project.command("", "npm run look").env("MARK", "of-this-test")).success();
    let seen = std::fs::read_to_string(project.path("seen.txt")).unwrap();
    if rustix::process::geteuid().is_root() {
        assert!(seen.contains("MARK=of-this-test"), "nothing was seen: {seen}");
    }
    let ours = seen.split("\n\n").find(|process| process.contains("of-this-test")).unwrap_or_default();
    assert!(!ours.contains(&project.pair[1].1) && !ours.contains("PULLTOKEN_SESSION_TOKEN"), "{ours}");
}
