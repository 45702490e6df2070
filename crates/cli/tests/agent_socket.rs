//! The agent's socket: who reaches the agent by it, who does not, and the service that the system starts
//! by it.

// Helpers of tests may fail a test as tests may.
#![allow(clippy::unwrap_used, clippy::panic)]
#![cfg(target_os = "linux")]

mod common;

use std::fs::{self, Permissions};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Command, Stdio};

use common::desk::{Desk, basic, port};
use common::{World, end};
use rustix::process::geteuid;

/// What the proxy answers with 400 to whoever has its password.
fn question(name: &str) -> String {
    format!("GET / HTTP/1.1\r\nConnection: close\r\nProxy-Authorization: Basic {}\r\n\r\n", basic(name))
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
