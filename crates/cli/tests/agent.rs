//! The agent: for a whole shell session, with the npm and the shells of this machine.

// Helpers of tests may fail a test as tests may.
#![allow(clippy::unwrap_used, clippy::panic)]
#![cfg(target_os = "linux")]

mod common;

use std::fs;
use std::io::Read as _;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::desk::{Desk, basic, port};
use common::{World, end, ended, files_with};
use rustix::process::{Signal, kill_process};

#[test]
fn after_eval_plain_npm_has_access_in_every_shell() {
    let desk = Desk::new();
    desk.world.sim.clear_requests();
    let mut names = Vec::new();
    for shell in ["sh", "dash", "bash", "zsh"] {
        for eval in ["eval \"$(pulltoken agent)\"", "eval $(pulltoken agent)"] {
            let script = format!(
                "{eval}; npm install --silent right-hand far-away && rm -r node_modules && npm ci --silent && printf %s \"$PULLTOKEN_AGENT\""
            );
            let ended = end(&mut desk.shell(shell, &script)).success();
            assert!(desk.project.join("node_modules/right-hand").exists(), "{shell}: {}{}", ended.out, ended.err);
            names.push(ended.out);
        }
    }
    // One agent served them all.
    assert!(names.iter().all(|name| *name == names[0]), "{names:?}");
    let requests = desk.world.sim.requests();
    let mut ours = requests.iter().filter(|one| one.path.starts_with("/javascript"));
    assert!(ours.all(|one| one.authenticated) && requests.len() > 20, "{requests:?}");
    if end(Command::new("sh").args(["-c", "command -v fish"])).code == Some(0) {
        let script = "pulltoken agent --shell fish | source; npm ci --silent; and echo $PULLTOKEN_AGENT";
        assert_eq!(end(&mut desk.shell("fish", script)).success().out.trim(), names[0]);
    }
}

#[test]
fn the_agent_stands_alone_and_shows_no_secret() {
    let desk = Desk::new();
    let pair = desk.world.credentials();
    let mut command = desk.shell("sh", "pulltoken agent");
    let printed = end(command.envs(pair.clone())).success();
    assert!(!printed.out.contains(&pair[1].1), "{}", printed.out);
    let process = desk.process().as_raw_nonzero();
    let read = |name: &str| String::from_utf8_lossy(&fs::read(format!("/proc/{process}/{name}")).unwrap()).into_owned();
    for name in ["environ", "cmdline"] {
        assert!(!read(name).is_empty() && !read(name).contains(&pair[1].1), "{name}");
    }
    assert!(read("environ").contains("CHAINGUARD_JAVASCRIPT_TOKEN=withheld-by-pulltoken"));
    // Its own session, no terminal, and nobody's child that waits for it.
    let stat = read("stat");
    let fields: Vec<_> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    assert_eq!((fields[3], fields[4]), (process.to_string().as_str(), "0"), "{stat}");
    // Root owns what it made non-dumpable; nobody else of this user could look.
    assert_eq!(fs::metadata(format!("/proc/{process}/status")).unwrap().permissions().mode() & 0o077, 0o044);
    assert_eq!(files_with(desk.world.home.path(), &[&pair[1].1]), Vec::<PathBuf>::new());
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&desk.folder()), mode(&desk.folder().join("agent.sock"))), (0o700, 0o600));
    // What it was given works.
    let told = desk.told(":", "npm ci");
    assert!(told.out.contains("npm_config_proxy=http://s:"), "{}", told.out);
    drop(desk);
}

#[test]
fn only_projects_of_the_registry_are_touched() {
    let desk = Desk::new();
    let untouched = |before: &str, line: &str| {
        let told = desk.told(before, line);
        assert!(told.out.contains("ran ") && !told.out.contains("=http://s:"), "{line}: {}", told.out);
        assert_eq!(told.err, "", "{line}");
    };
    assert!(desk.told(":", "npm ci").out.contains("npm_config_proxy="));
    untouched(":", "npm publish");
    untouched("PULLTOKEN_BYPASS=1; export PULLTOKEN_BYPASS", "npm ci");
    untouched("mkdir -p ../other; cd ../other; echo '{}' > package.json", "npm install");
    untouched(":", "npm ci --registry https://elsewhere.test/");
    untouched("export npm_config_registry=https://elsewhere.test/", "npm ci");

    let config = desk.world.home.path().join(".config/pulltoken/config.toml");
    fs::create_dir_all(config.parent().unwrap()).unwrap();
    fs::write(&config, "folders = [\"~/other\"]\n").unwrap();
    let told = desk.told("cd ../other", "npm install");
    let registry = format!("npm_config_registry={}/javascript/\n", desk.world.sim.addresses().registry);
    assert!(told.out.contains(&registry), "{}", told.out);
    untouched("mkdir -p ../third; cd ../third; echo '{}' > package.json", "npm install");
}

#[test]
fn exec_in_such_a_shell_runs_the_real_program_by_a_proxy_of_its_own() {
    let desk = Desk::new();
    let told = desk.told(":", "echo $PULLTOKEN_AGENT; pulltoken exec -- npm ci");
    let (agents, ran) = told.out.split_once("\nran ci\n").unwrap_or_else(|| panic!("{}{}", told.out, told.err));
    let value = |name: &str| ran.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('=')).unwrap();
    let own = value("PULLTOKEN_AGENT");
    assert_ne!(port(own), port(agents));
    assert!(value("npm_config_proxy").ends_with(&format!(":{}", port(own))), "{ran}");
    // What npm starts finds the shims of that run before the agent's.
    assert!(value("PATH").starts_with(desk.world.home.path().join(".cache/pulltoken/run/").to_str().unwrap()));
    assert!(!ran.contains("PULLTOKEN_SHIM_TRAIL="), "it went through a shim: {ran}");
}

#[test]
fn a_shell_that_holds_a_secret_itself_is_warned_of() {
    let desk = Desk::new();
    let mut command = desk.shell("sh", "pulltoken agent > /dev/null; :");
    let told = end(command.env("CHAINGUARD_JAVA_TOKEN", "hunter2")).success();
    assert!(told.err.contains("(sh) holds a credential") && !told.err.contains("hunter2"), "{}", told.err);
    assert_eq!(desk.sh("pulltoken agent > /dev/null").success().err, "");
}

#[test]
fn a_lockfile_from_elsewhere_is_named() {
    let desk = Desk::new();
    let lock = r#"{"name":"app","lockfileVersion":3,"packages":{"":{},"node_modules/x":{"version":"1.0.0","resolved":"https://registry.test/x.tgz"}}}"#;
    fs::write(desk.project.join("package-lock.json"), lock).unwrap();
    let told = desk.told(":", "npm ci");
    assert!(told.err.contains("pins 1 of 2 packages to registry.test"), "{}", told.err);
}

#[test]
fn when_it_is_stopped_the_real_program_runs_and_says_why() {
    let desk = Desk::new();
    let name = desk.start("");
    assert!(TcpStream::connect(("127.0.0.1", port(&name))).is_ok());
    assert!(desk.world.run_stored("agent stop").success().err.contains("forgotten"));
    assert!(TcpStream::connect(("127.0.0.1", port(&name))).is_err());
    desk.is_gone();
    desk.world.run_stored("agent stop").success();
    let script = format!(
        "PATH={}/bin:$HOME/bin:$PATH; PULLTOKEN_AGENT='{name}'; export PULLTOKEN_AGENT; npm ci; cd ..; npm ci",
        desk.folder().display()
    );
    let told = desk.sh(&script).success();
    assert!(told.out.contains("ran ci") && !told.out.contains("npm_config_"), "{}", told.out);
    // In the project it is said, and elsewhere not.
    assert_eq!(told.err.matches("is gone; npm runs without it").count(), 1, "{}", told.err);
    let next = desk.start("");
    assert!(port(&next) != port(&name) && basic(&next) != basic(&name));
    assert!(desk.sh(&script).success().err.contains("is gone"));
}

#[test]
fn it_ends_when_it_is_idle_or_old() {
    for flags in ["--idle 1s", "--max 1s"] {
        let desk = Desk::new();
        let name = desk.start(flags);
        desk.until_gone();
        desk.is_gone();
        assert!(TcpStream::connect(("127.0.0.1", port(&name))).is_err());
    }
}

#[test]
fn whoever_only_looks_does_not_keep_it() {
    let desk = Desk::new();
    desk.start("--idle 2s");
    let begun = Instant::now();
    while desk.world.run_stored("agent status").code == Some(0) {
        assert!(begun.elapsed() < Duration::from_secs(20), "{}", desk.status());
    }
    desk.until_gone();
}

#[test]
fn a_connection_keeps_it_from_being_idle() {
    let desk = Desk::new();
    let name = desk.start("--idle 2s");
    let mut stream = TcpStream::connect(("127.0.0.1", port(&name))).unwrap();
    // Longer than the limit, by a time-out of our own.
    stream.set_read_timeout(Some(Duration::from_millis(2500))).unwrap();
    assert!(stream.read(&mut [0]).is_err());
    assert_eq!(desk.status()["port"], port(&name));
    drop(stream);
    desk.until_gone();
}

#[test]
fn signing_out_makes_it_forget() {
    let desk = Desk::new();
    let name = desk.start("");
    let out = desk.world.run_stored("logout").success();
    assert!(TcpStream::connect(("127.0.0.1", port(&name))).is_err());
    assert!(out.err.contains("the agent has forgotten"), "{}", out.err);
    desk.is_gone();
    let without = end(&mut desk.world.stored("agent")).failure(3, "no_credentials");
    assert_eq!(without.out, "");
}

#[test]
fn one_that_was_killed_is_followed_by_another() {
    let desk = Desk::new();
    let name = desk.start("");
    kill_process(desk.process(), Signal::KILL).unwrap();
    desk.until_gone();
    desk.is_gone();
    let next = desk.start("");
    assert_ne!(name, next);
    desk.sh("eval \"$(pulltoken agent)\"; npm install --silent right-hand").success();
    kill_process(desk.process(), Signal::TERM).unwrap();
    desk.until_gone();
    assert!(!desk.folder().join("agent.sock").exists());
    // The folder outlives it: nobody can put anything where a shell still looks.
    assert!(desk.folder().join("ca.pem").exists());
}

#[test]
fn two_shells_that_begin_at_once_have_one_agent() {
    let desk = Desk::new();
    let script = "eval \"$(pulltoken agent)\"; printf %s \"$PULLTOKEN_AGENT\"";
    let shells: Vec<_> = (0..3)
        .map(|_| desk.shell("sh", script).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
        .collect();
    let names: Vec<_> =
        shells.into_iter().map(|shell| ended(shell.wait_with_output().unwrap()).success().out).collect();
    assert!(names[0].starts_with("127.0.0.1:") && names.iter().all(|name| *name == names[0]), "{names:?}");
    let elsewhere = end(desk.world.stored("agent").env("PULLTOKEN_REGISTRY", "https://other.test"));
    elsewhere.failure(2, "usage");
}

#[test]
fn what_it_made_is_given_back() {
    let desk = Desk::new();
    let count =
        || desk.world.run("list --repository javascript --all -o json").success().json().as_array().unwrap().len();
    let session = desk.world.sim.token("owner").unwrap();
    let mut command = desk.shell("sh", "pulltoken agent --mint --parent example > /dev/null");
    end(command.env("PULLTOKEN_SESSION_TOKEN", session)).success();
    assert_eq!(count(), 1);
    desk.world.run_stored("agent stop").success();
    assert_eq!(count(), 0);
}

#[test]
fn what_is_about_to_end_is_replaced_while_it_runs() {
    let desk = Desk::new();
    let count =
        || desk.world.run("list --repository javascript --all -o json").success().json().as_array().unwrap().len();
    let session = desk.world.sim.token("owner").unwrap();
    let mut command = desk.shell("sh", "pulltoken agent --mint --parent example --ttl 50s > /dev/null");
    end(command.env("PULLTOKEN_SESSION_TOKEN", session)).success();
    assert_eq!(count(), 1);
    desk.sh("eval \"$(pulltoken agent)\"; npm install --silent right-hand").success();
    // Nobody was asked, and the session that it takes came by the pipe as well.
    assert!(count() > 1);
    desk.world.run_stored("agent stop").success();
    assert_eq!(count(), 0);
}

#[test]
fn the_password_comes_by_a_pipe() {
    let desk = Desk::new();
    let pair = desk.world.credentials();
    let script = format!(
        "printf '%s\\n' \"$SECRET\" | env -u SECRET pulltoken agent --username '{}' --password-stdin > /dev/null && eval \"$(pulltoken agent)\" && npm install --silent right-hand",
        pair[0].1
    );
    desk.world.sim.clear_requests();
    end(desk.shell("sh", &script).env("SECRET", &pair[1].1)).success();
    let requests = desk.world.sim.requests();
    assert!(!requests.is_empty() && requests.iter().all(|one| one.authenticated), "{requests:?}");
}

#[test]
fn limits_are_durations() {
    let world = World::new();
    world.run("agent --idle soon").failure(2, "usage");
    world.run("agent --max 0s").failure(2, "usage");
}
