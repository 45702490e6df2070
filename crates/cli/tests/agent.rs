//! The agent: for a whole shell session, with the npm and the shells of this machine.

// Helpers of tests may fail a test as tests may.
#![allow(clippy::unwrap_used, clippy::panic)]
#![cfg(target_os = "linux")]

mod common;

use std::fs::{self, File, Permissions};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use common::{Ended, World, end, ended, files_with};
use rustix::process::{Pid, Signal, geteuid, kill_process};
use serde_json::Value;

/// A signed-in user with a project of the registry; their agent ends with them.
struct Desk {
    world: World,
    project: PathBuf,
}

impl Desk {
    fn new() -> Self {
        let world = World::new();
        world.sign_in("owner", "");
        let home = world.home.path().to_owned();
        fs::write(home.join(".npmrc"), "update-notifier=false\nfund=false\n").unwrap();
        let project = home.join("project");
        fs::create_dir(&project).unwrap();
        fs::write(project.join("package.json"), r#"{"name":"app","version":"1.0.0","private":true}"#).unwrap();
        let registry = world.sim.addresses().registry.clone();
        fs::write(project.join(".npmrc"), format!("registry={registry}/javascript/\n")).unwrap();
        // What npm tells where it is not the real one.
        let bin = home.join("bin");
        fs::create_dir(&bin).unwrap();
        fs::write(bin.join("npm"), "#!/bin/sh\necho \"ran $*\"\nenv\n").unwrap();
        fs::set_permissions(bin.join("npm"), Permissions::from_mode(0o755)).unwrap();
        Self { world, project }
    }

    fn folder(&self) -> PathBuf {
        self.world.home.path().join(".cache/pulltoken/agent")
    }

    /// `SHELL -c SCRIPT` in the project, with pulltoken on `PATH`.
    fn shell(&self, shell: &str, script: &str) -> Command {
        let template = self.world.stored("");
        let mut command = Command::new(shell);
        command.args(["-c", script]).current_dir(&self.project).env_clear().stdin(Stdio::null());
        command.envs(template.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let program = Path::new(env!("CARGO_BIN_EXE_pulltoken")).parent().unwrap().to_owned();
        let own = std::env::var_os("PATH").unwrap();
        let path = std::env::join_paths([program].into_iter().chain(std::env::split_paths(&own))).unwrap();
        command.env("PATH", path);
        command
    }

    fn sh(&self, script: &str) -> Ended {
        end(&mut self.shell("sh", script))
    }

    /// What npm finds in its environment after these commands and `eval`, if it is told by ours.
    fn told(&self, before: &str, line: &str) -> Ended {
        let script = format!("eval \"$(pulltoken agent)\"; PATH=\"${{PATH%%:*}}:$HOME/bin:$PATH\"; {before}; {line}");
        self.sh(&script).success()
    }

    /// The value of `PULLTOKEN_AGENT` after starting one with these flags.
    fn start(&self, flags: &str) -> String {
        let ended = self.sh(&format!("eval \"$(pulltoken agent {flags})\"; printf %s \"$PULLTOKEN_AGENT\"")).success();
        assert!(ended.out.starts_with("127.0.0.1:"), "{}{}", ended.out, ended.err);
        ended.out
    }

    /// `exec -- sh -c LINE` in the project, of a user who has an agent's socket and nothing else.
    fn borrowing(&self, home: &Path, socket: &Path, line: &str) -> Command {
        let mut command = self.world.command(["exec", "--", "sh", "-c", line]);
        command.env_remove("PULLTOKEN_SESSION_TOKEN").env("HOME", home).env("PULLTOKEN_AGENT_SOCKET", socket);
        command.current_dir(&self.project);
        command
    }

    fn status(&self) -> Value {
        self.world.run_stored("agent status -o json").success().json()
    }

    fn process(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.status()["process"].as_i64().unwrap()).unwrap()).unwrap()
    }

    fn is_gone(&self) {
        self.world.run_stored("agent status").failure(4, "not_found");
    }

    /// Waits until the agent's process has ended: it holds a lock as long as it lives.
    fn until_gone(&self) {
        let lock = File::open(self.folder().join("lock")).unwrap();
        let (ended, end) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            lock.lock_shared().unwrap();
            // Nobody waits any more where that took too long.
            let _ = ended.send(());
        });
        end.recv_timeout(Duration::from_secs(60)).unwrap();
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        end(&mut self.world.stored("agent stop --quiet"));
    }
}

fn port(name: &str) -> u16 {
    name.split(':').nth(1).unwrap().parse().unwrap()
}

fn basic(name: &str) -> String {
    let password = name.split(':').nth(2).unwrap();
    base64::engine::general_purpose::STANDARD.encode(format!("s:{password}"))
}

/// What the proxy answers with 400 to whoever has its password.
fn question(name: &str) -> String {
    format!("GET / HTTP/1.1\r\nConnection: close\r\nProxy-Authorization: Basic {}\r\n\r\n", basic(name))
}

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
fn its_socket_is_the_proxy_for_those_who_have_nothing_else() {
    let desk = Desk::new();
    let name = desk.start("");
    let ask = |password: &str| {
        let mut stream = UnixStream::connect(desk.folder().join("agent.sock")).unwrap();
        let registry = &desk.world.sim.addresses().registry;
        let host = registry.trim_start_matches("http://");
        let head = format!(
            "GET {registry}/javascript/right-hand HTTP/1.1\r\nHost: {host}\r\nProxy-Authorization: Basic {password}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    };
    let answer = ask(&basic(&name));
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("right-hand"), "{answer}");
    assert!(ask("c3Ryb25n").starts_with("HTTP/1.1 407 "));
}

#[test]
fn exec_borrows_from_an_agent_that_it_reaches_by_its_socket_alone() {
    let desk = Desk::new();
    let name = desk.start("");
    // Where the agent's folder is mounted, there is no session and no cache of its user's.
    let home = tempfile::tempdir().unwrap();
    let mounted = home.path().join("agent");
    std::os::unix::fs::symlink(desk.folder(), &mounted).unwrap();
    let exec = |line: &str, socket: &Path| end(&mut desk.borrowing(home.path(), socket, line));
    desk.world.sim.clear_requests();
    let socket = desk.folder().join("agent.sock");
    let ran = exec("npm install --silent right-hand far-away && printf %s \"$PULLTOKEN_AGENT\"", &socket).success();
    let requests = desk.world.sim.requests();
    let mut ours = requests.iter().filter(|one| one.path.starts_with("/javascript"));
    assert!(ours.all(|one| one.authenticated) && requests.len() > 2, "{requests:?}");
    assert!(ran.out.starts_with("127.0.0.1:") && port(&ran.out) != port(&name), "{}", ran.out);
    // A link in the place of the folder is none that can be trusted.
    exec("exit 0", &mounted.join("agent.sock")).failure(125, "file_unreadable");
    exec("exit 0", &desk.project.join("package.json")).failure(125, "usage");
    desk.world.run_stored("agent stop").success();
    exec("exit 0", &socket).failure(125, "network");
}

#[test]
fn another_user_is_told_nothing() {
    if !geteuid().is_root() {
        // Nobody else can become another user.
        return;
    }
    let desk = Desk::new();
    let name = desk.start("");
    // Even where the way to the socket is open.
    let home = desk.world.home.path();
    for folder in [home, &home.join(".cache"), &home.join(".cache/pulltoken"), &desk.folder()] {
        fs::set_permissions(folder, Permissions::from_mode(0o711)).unwrap();
    }
    let socket = desk.folder().join("agent.sock");
    fs::set_permissions(&socket, Permissions::from_mode(0o666)).unwrap();
    let (port, head) = (port(&name).to_string(), question(&name));
    let socket = socket.to_str().unwrap();
    assert!(asked("0", socket, "{\"ask\":\"name\"}\n").contains(&name));
    assert!(asked("0", &port, &head).starts_with("HTTP/1.1 400 "));
    for (to, text) in [(socket, "{\"ask\":\"name\"}\n"), (socket, "{\"ask\":\"stop\"}\n"), (&port, &head)] {
        let told = asked("65534", to, text);
        assert!(is_silence(&told), "{to}: {told}");
    }
    assert_eq!(desk.status()["port"].to_string(), port);
    // Shims no longer believe what is in a folder that others can look into.
    let script = format!(
        "PATH={}/bin:$HOME/bin:$PATH; PULLTOKEN_AGENT='{name}'; export PULLTOKEN_AGENT; npm ci",
        desk.folder().display()
    );
    let told = desk.sh(&script).success();
    assert!(told.err.contains("is open to other users") && !told.out.contains("npm_config_"), "{}", told.err);
}

/// What comes of sending a text to a socket or a port, for root or another user.
fn asked(user: &str, to: &str, text: &str) -> String {
    let script = "const [to, text] = process.argv.slice(1); const c = require('net').connect(/^\\d+$/.test(to) ? Number(to) : to); c.on('data', (d) => process.stdout.write(d)); c.on('error', (e) => console.log(e.code)); c.on('close', () => process.exit()); c.write(text)";
    let mut command = Command::new("setpriv");
    command.args(["--reuid", user, "--regid", user, "--clear-groups", "node", "-e", script, to, text]);
    end(command.current_dir("/")).success().out
}

fn is_silence(told: &str) -> bool {
    matches!(told.trim(), "" | "ECONNRESET" | "EPIPE")
}

#[test]
fn another_user_is_told_nothing_by_an_exec_that_borrows() {
    if !geteuid().is_root() {
        // Nobody else can become another user.
        return;
    }
    let desk = Desk::new();
    desk.start("");
    let home = tempfile::tempdir().unwrap();
    let mut command = desk.borrowing(home.path(), &desk.folder().join("agent.sock"), "echo \"$PULLTOKEN_AGENT\"; cat");
    let mut exec = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut name = String::new();
    BufReader::new(exec.stdout.take().unwrap()).read_line(&mut name).unwrap();
    let (port, head) = (port(&name).to_string(), question(&name));
    assert!(asked("0", &port, &head).starts_with("HTTP/1.1 400 "));
    let told = asked("65534", &port, &head);
    assert!(is_silence(&told), "{told}");
    drop(exec.stdin.take());
    assert!(exec.wait().unwrap().success());
}

/// The agent as a service whose socket the system holds; ends with what is returned.
fn activated(desk: &Desk) -> std::process::Child {
    fs::create_dir_all(desk.folder()).unwrap();
    for folder in [desk.folder().parent().unwrap(), &desk.folder()] {
        fs::set_permissions(folder, Permissions::from_mode(0o700)).unwrap();
    }
    let listener = UnixListener::bind(desk.folder().join("agent.sock")).unwrap();
    let script = "LISTEN_PID=$$ LISTEN_FDS=1 exec pulltoken agent --service --idle 1m 3<&0 0</dev/null";
    desk.shell("sh", script).stdin(Stdio::from(OwnedFd::from(listener))).spawn().unwrap()
}

#[test]
fn as_a_service_it_is_asked_by_shims_that_no_shell_has_told() {
    let desk = Desk::new();
    let mut service = activated(&desk);
    let shims = desk.world.home.path().join("shims");
    desk.world.run(&format!("shims install --quiet --dir {}", shims.display())).success();
    let script = format!("PATH={}:$PATH; npm install --silent right-hand far-away", shims.display());
    desk.world.sim.clear_requests();
    desk.sh(&script).success();
    let requests = desk.world.sim.requests();
    let mut ours = requests.iter().filter(|one| one.path.starts_with("/javascript"));
    assert!(ours.all(|one| one.authenticated) && requests.len() > 2, "{requests:?}");
    assert_eq!(desk.status()["service"], true);
    // A shell that evaluates has the same one.
    assert_eq!(port(&desk.start("")), desk.status()["port"]);
    // Signed out, it has forgotten; the system starts it again, and it says what is missing.
    desk.world.run_stored("logout").success();
    desk.until_gone();
    assert!(service.wait().unwrap().success());
    fs::remove_file(desk.folder().join("agent.sock")).unwrap();
    let mut service = activated(&desk);
    let script = format!("PATH={}:$HOME/bin:$PATH; npm ci; cd ..; npm ci", shims.display());
    let told = desk.sh(&script).success();
    assert!(told.out.contains("ran ci") && !told.out.contains("npm_config_"), "{}", told.out);
    assert_eq!(told.err.matches("npm runs without it").count(), 1, "{}", told.err);
    desk.world.run_stored("agent stop").success();
    desk.until_gone();
    assert!(service.wait().unwrap().success());
}

#[test]
fn a_service_is_installed_and_taken_away() {
    let world = World::new();
    let units = world.home.path().join(".config/systemd/user");
    let installed = world.run("agent install --idle 30m").success();
    assert!(installed.err.contains("wrote "), "{}", installed.err);
    let service = fs::read_to_string(units.join("pulltoken-agent.service")).unwrap();
    let call = format!("ExecStart=\"{}\" \"agent\" \"--service\" \"--idle=1800s\"", env!("CARGO_BIN_EXE_pulltoken"));
    assert!(service.contains(&call) && service.contains(&world.sim.addresses().registry), "{service}");
    let socket = fs::read_to_string(units.join("pulltoken-agent.socket")).unwrap();
    assert!(socket.contains("ListenStream=%t/pulltoken/agent/agent.sock\n"), "{socket}");
    world.run("agent uninstall").success();
    assert_eq!(fs::read_dir(&units).unwrap().count(), 0);
    assert!(world.run("agent uninstall").success().err.contains("there is no service"));
}

#[test]
fn limits_are_durations() {
    let world = World::new();
    world.run("agent --idle soon").failure(2, "usage");
    world.run("agent --max 0s").failure(2, "usage");
}
