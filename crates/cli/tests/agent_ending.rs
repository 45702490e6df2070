//! The end of an agent: it forgets at once whatever it is at, and leaves nothing behind.

// Helpers of tests may fail a test as tests may.
#![allow(clippy::unwrap_used, clippy::panic)]
#![cfg(target_os = "linux")]

mod common;

use std::fs::{self, Permissions};
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::TcpStream;
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::{Child, Command, Stdio};

use common::desk::{Desk, basic, port};
use common::held::{end_meanwhile, holding, within};
use common::{World, end};
use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process, prlimit};

/// Where a token is made.
const MAKE: &str = "/iam/v1/identities/";

/// An agent that makes a token when it is first asked, as a service whose socket the system holds.
struct Service {
    desk: Desk,
    process: Child,
}

impl Service {
    /// For somebody whose session opens the platform and not the registry.
    fn start(world: World) -> Self {
        world.sign_in("owner", &format!(" --audience {}", world.address("PULLTOKEN_API")));
        let desk = Desk::of(world);
        fs::create_dir_all(desk.folder()).unwrap();
        for folder in [desk.folder().parent().unwrap(), &desk.folder()] {
            fs::set_permissions(folder, Permissions::from_mode(0o700)).unwrap();
        }
        let listener = UnixListener::bind(desk.folder().join("agent.sock")).unwrap();
        let script =
            "LISTEN_PID=$$ LISTEN_FDS=1 exec pulltoken agent --service --mint --parent example 3<&0 0</dev/null";
        let mut command = desk.shell("sh", script);
        let process = command.stdin(Stdio::from(OwnedFd::from(listener))).spawn().unwrap();
        Self { desk, process }
    }

    /// Asks for the proxy's name; what is answered can be read.
    fn ask(&self) -> UnixStream {
        let mut stream = UnixStream::connect(self.desk.folder().join("agent.sock")).unwrap();
        stream.write_all(b"{\"ask\":\"name\"}\n").unwrap();
        stream
    }

    fn run_meanwhile(&self, line: &str) -> common::Ended {
        end_meanwhile(&mut self.desk.world.stored(line))
    }

    /// How many tokens were made in all.
    fn made(&self) -> usize {
        let requests = self.desk.world.sim.requests();
        requests.iter().filter(|one| one.method == "POST" && one.path.starts_with(MAKE)).count()
    }

    /// Waits for its end, and sees that nothing is left of it.
    fn ends(mut self) {
        let status = within(move || (self.process.wait().unwrap(), self.desk));
        assert!(status.0.success(), "{}", status.0);
        assert_eq!(tokens(&status.1.world), 0);
    }
}

fn tokens(world: &World) -> usize {
    world.run("list --repository javascript --all -o json").success().json().as_array().unwrap().len()
}

fn line(from: impl Read + Send + 'static) -> String {
    within(move || {
        let mut line = String::new();
        BufReader::new(from).read_line(&mut line).unwrap();
        line
    })
}

#[test]
fn one_search_serves_all_who_ask_and_nobody_else_waits_for_it() {
    let (world, held) = holding("POST", MAKE, 0);
    let service = Service::start(world);
    let first = service.ask();
    held.until_arrived();
    let second = service.ask();
    let status = service.run_meanwhile("agent status -o json").success().json();
    assert_eq!((&status["port"], &status["service"]), (&serde_json::Value::Null, &true.into()));
    drop(held);
    let (first, second) = (line(first), line(second));
    assert!(first.contains("127.0.0.1:") && first == second, "{first}{second}");
    assert_eq!(service.made(), 1);
    service.run_meanwhile("agent stop").success();
    service.ends();
}

#[test]
fn stopped_or_signed_out_during_a_search_it_forgets_at_once_and_gives_back() {
    for word in ["agent stop", "logout"] {
        let (world, held) = holding("POST", MAKE, 0);
        let service = Service::start(world);
        let first = service.ask();
        held.until_arrived();
        let second = service.ask();
        let told = service.run_meanwhile(word).success();
        assert!(told.err.contains("the agent has forgotten"), "{word}: {}", told.err);
        // What is searched for has not come yet.
        assert_eq!(line(second), "\"stopped\"\n", "{word}");
        drop(held);
        // It may be gone before it has said so.
        assert!(!line(first).contains("127.0.0.1:"), "{word}");
        service.ends();
    }
}

#[test]
fn a_signal_during_a_search_ends_it() {
    let (world, held) = holding("POST", MAKE, 0);
    let service = Service::start(world);
    let first = service.ask();
    held.until_arrived();
    let second = service.ask();
    service.run_meanwhile("agent status").success();
    kill_process(Pid::from_child(&service.process), Signal::TERM).unwrap();
    assert_eq!(line(second), "\"stopped\"\n");
    drop(held);
    // It may be gone before it has said so.
    assert!(!line(first).contains("127.0.0.1:"));
    service.ends();
}

#[test]
fn whoever_asks_while_it_ends_gets_nothing() {
    let (world, held) = holding("DELETE", MAKE, 0);
    let service = Service::start(world);
    assert!(line(service.ask()).contains("127.0.0.1:"));
    kill_process(Pid::from_child(&service.process), Signal::TERM).unwrap();
    held.until_arrived();
    assert_eq!(line(service.ask()), "\"stopped\"\n");
    assert_eq!(service.made(), 1);
    // Whoever stops it once more is no hindrance.
    service.run_meanwhile("agent stop").success();
    drop(held);
    service.ends();
}

#[test]
fn stopped_during_a_renewal_it_closes_at_once_and_gives_back() {
    let (world, held) = holding("POST", MAKE, 1);
    let desk = Desk::of(world);
    let session = desk.world.sim.token("owner").unwrap();
    let script = "eval \"$(pulltoken agent --mint --parent example --ttl 50s)\"; printf %s \"$PULLTOKEN_AGENT\"";
    let name = end(desk.shell("sh", script).env("PULLTOKEN_SESSION_TOKEN", session)).success().out;
    let registry = &desk.world.sim.addresses().registry;
    let head = format!(
        "GET {registry}/javascript/right-hand HTTP/1.1\r\nHost: {}\r\nProxy-Authorization: Basic {}\r\n\r\n",
        registry.trim_start_matches("http://"),
        basic(&name)
    );
    let mut client = TcpStream::connect(("127.0.0.1", port(&name))).unwrap();
    client.write_all(head.as_bytes()).unwrap();
    held.until_arrived();
    // Told by its socket: it gives back before it answers, and that is still to come.
    let mut stop = UnixStream::connect(desk.folder().join("agent.sock")).unwrap();
    stop.write_all(b"{\"ask\":\"stop\"}\n").unwrap();
    within(move || {
        // However the connection ends.
        let _ = client.read_to_end(&mut Vec::new());
    });
    assert!(TcpStream::connect(("127.0.0.1", port(&name))).is_err());
    drop(held);
    assert_eq!(line(stop), "\"stopped\"\n");
    desk.until_gone();
    assert_eq!(tokens(&desk.world), 0);
}

/// Leaves a process room for what is small, and for no further thread; `None` as much as it likes.
fn limit(process: Pid, room: Option<u64>) {
    let status = fs::read_to_string(format!("/proc/{}/status", process.as_raw_nonzero())).unwrap();
    let size = status.lines().find_map(|line| line.strip_prefix("VmSize:")?.strip_suffix("kB")).unwrap();
    let current = room.map(|room| (size.trim().parse::<u64>().unwrap() + room) * 1024);
    prlimit(Some(process), Resource::As, Rlimit { current, maximum: None }).unwrap();
}

/// Connects more often than there are threads left of earlier ones, until one is turned away.
fn crowd<S: Read + Send + 'static>(connect: impl Fn() -> S) {
    let mut waiting: Vec<_> = (0..40).map(|_| connect()).collect();
    let mut last = waiting.pop().unwrap();
    assert_eq!(within(move || last.read(&mut [0]).unwrap_or(0)), 0);
}

#[test]
fn without_a_thread_to_have_it_closes_one_connection_and_lives_on() {
    let desk = Desk::new();
    desk.start("");
    let (process, socket) = (desk.process(), desk.folder().join("agent.sock"));
    limit(process, Some(1024));
    crowd(|| UnixStream::connect(&socket).unwrap());
    limit(process, None);
    desk.status();
}

#[test]
fn without_a_thread_to_have_an_exec_that_borrows_closes_one_connection_and_goes_on() {
    let desk = Desk::new();
    desk.start("");
    let home = tempfile::tempdir().unwrap();
    let script =
        "trap 'kill $!; echo ready; exec cat' USR1; sleep 60 & echo \"$PULLTOKEN_AGENT\"; kill -USR1 $PPID; wait";
    let mut command = desk.borrowing(home.path(), &desk.folder().join("agent.sock"), script);
    let mut exec = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut told = BufReader::new(exec.stdout.take().unwrap()).lines();
    let name = told.next().unwrap().unwrap();
    // By now it has the thread that sends signals on.
    assert_eq!(told.next().unwrap().unwrap(), "ready");
    limit(Pid::from_child(&exec), Some(1024));
    crowd(|| TcpStream::connect(("127.0.0.1", port(&name))).unwrap());
    limit(Pid::from_child(&exec), None);
    let mut client = TcpStream::connect(("127.0.0.1", port(&name))).unwrap();
    client.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    assert!(line(client).starts_with("HTTP/1.1 407 "));
    drop(exec.stdin.take());
    assert!(exec.wait().unwrap().success());
}

/// An agent of a tool, that has made a token and is about to say so; and its way on.
fn on_the_brink(world: &World) -> (Child, fs::File) {
    // The authorities of the user are read after the search.
    let (home, pipe) = (world.home.path(), world.home.path().join("authorities"));
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, 0o600.into()).unwrap();
    fs::write(home.join(".npmrc"), format!("cafile={}\n", pipe.display())).unwrap();
    let mut command: Command = world.command(["agent", "--stdio", "--mint", "--parent", "example"]);
    let agent = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let way = within(move || fs::File::options().write(true).open(pipe).unwrap());
    assert_eq!(tokens(world), 1);
    (agent, way)
}

#[test]
fn what_ends_an_agent_of_a_tool_before_it_serves_makes_it_give_back() {
    for is_signal in [Some(Signal::TERM), Some(Signal::INT), Some(Signal::HUP), None] {
        let world = World::new();
        let (mut agent, way) = on_the_brink(&world);
        let input = agent.stdin.take();
        match is_signal {
            Some(signal) => kill_process(Pid::from_child(&agent), signal).unwrap(),
            None => drop(input),
        }
        drop(way);
        assert!(within(move || agent.wait().unwrap()).success(), "{is_signal:?}");
        assert_eq!(tokens(&world), 0, "{is_signal:?}");
    }
}

#[test]
fn what_ends_an_agent_of_a_tool_during_its_search_makes_it_take_back() {
    for is_signal in [true, false] {
        let (world, held) = holding("POST", MAKE, 0);
        let mut command: Command = world.command(["agent", "--stdio", "--mint", "--parent", "example"]);
        let mut agent = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        held.until_arrived();
        let input = agent.stdin.take();
        if is_signal {
            kill_process(Pid::from_child(&agent), Signal::HUP).unwrap();
        } else {
            drop(input);
        }
        drop(held);
        let ended = within(move || common::ended(agent.wait_with_output().unwrap()));
        // What was searched for may have come first: then it is given back.
        assert!(matches!(ended.code, Some(0 | 130)), "{:?}: {}", ended.code, ended.err);
        assert_eq!(tokens(&world), 0);
    }
}
