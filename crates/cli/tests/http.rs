//! How the command behaves on the network: tries, limits, trust, proxies, redirects.

// Helpers of tests may fail a test as tests may.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use common::{Ended, World, end};
use pulltoken_sim::{Action, Fault, IdentitySpec};

/// A world that is reached by its real names over TLS.
struct TlsWorld(World);

impl TlsWorld {
    fn new() -> Self {
        Self(World::with(|builder| builder.tls(true)))
    }

    /// `list` at the real API, connections to it made elsewhere, and nobody trusted yet.
    fn list(&self) -> Command {
        let mut command = self.0.command(["list"]);
        command.env("PULLTOKEN_API", "https://console-api.enforce.dev");
        command.env("PULLTOKEN_CONNECT_TO", self.0.sim.connect_to().unwrap());
        command
    }

    fn ca_file(&self) -> std::path::PathBuf {
        self.0.sim.ca_file().unwrap()
    }
}

fn hits_of(action: Action, times: u32, line: &str) -> (Ended, u32, World) {
    let world = World::new();
    let fault = world.sim.faults().add(Fault::on("GET", "/auth/v1/ok").times(times).action(action));
    let ended = world.run(line);
    let hits = fault.hits();
    (ended, hits, world)
}

#[test]
fn a_passing_failure_is_not_noticed() {
    for action in [
        Action::Html(502),
        Action::Html(504),
        Action::Status { status: 503, code: 14, message: "busy".into() },
        Action::RetryAfter { status: 429, seconds: 0 },
        Action::Reset,
        Action::ResetAfterHandling,
        Action::Truncate,
    ] {
        let shown = format!("{action:?}");
        let (ended, hits, _world) = hits_of(action, 2, "list");
        assert_eq!((ended.code, hits), (Some(0), 2), "{shown}: {}", ended.err);
    }
}

#[test]
fn the_fourth_failure_is_told_with_the_tries_and_the_request() {
    let (ended, hits, world) = hits_of(Action::Html(502), 9, "list -o json");
    assert_eq!((ended.code, hits), (Some(5), 4));
    let error: serde_json::Value = serde_json::from_str(&ended.err).unwrap();
    assert_eq!((&error["code"], &error["status"]), (&"server_error".into(), &502.into()));
    assert!(error["message"].as_str().unwrap().ends_with("(after 4 tries)"), "{error}");
    let last = world.sim.requests().into_iter().rev().find(|request| request.path == "/auth/v1/ok").unwrap();
    assert_eq!(error["requestId"], last.request_id.as_str());
    assert_eq!(last.user_agent.as_deref(), Some(concat!("pulltoken/", env!("CARGO_PKG_VERSION"))));

    let (ended, hits, _world) = hits_of(Action::Reset, 9, "list");
    assert!(ended.failure(5, "network").err.contains("(after 4 tries)"));
    assert_eq!(hits, 4);
}

#[test]
fn the_servers_wish_is_fulfilled_or_told() {
    let began = Instant::now();
    let (ended, hits, _world) = hits_of(Action::RetryAfter { status: 503, seconds: 1 }, 1, "list");
    assert_eq!((ended.success().code, hits), (Some(0), 1));
    assert!(began.elapsed() >= Duration::from_secs(1));

    let (ended, hits, _world) = hits_of(Action::RetryAfter { status: 429, seconds: 3600 }, 9, "list");
    let ended = ended.failure(5, "rate_limited");
    assert!(hits == 1 && ended.err.contains("3600 seconds"), "{}", ended.err);
}

#[test]
fn a_deletion_whose_answer_was_lost_has_happened() {
    let world = World::with(|builder| builder.identities(IdentitySpec::pull_token("one")));
    let id = world.sim.identities()[0].id.clone();
    let fault =
        world.sim.faults().add(Fault::on("DELETE", "/iam/v1/identities/").times(1).action(Action::ResetAfterHandling));
    world.run(&format!("delete {id}")).success();
    assert_eq!(fault.hits(), 1);
    let deletions = world.sim.requests().into_iter().filter(|request| request.method == "DELETE");
    assert_eq!(deletions.map(|request| request.status).collect::<Vec<_>>(), [None, Some(404)]);
}

#[test]
fn what_creates_is_sent_once() {
    let world = World::new();
    let fault = world.sim.faults().add(Fault::on("POST", "/iam/v1/identities/").action(Action::Html(503)));
    world.run("create --repository javascript --parent example").failure(5, "server_error");
    assert_eq!(fault.hits(), 1);
}

#[test]
fn limits_are_settable() {
    let world = World::new();
    world.sim.faults().add(Fault::on("GET", "/auth/v1/ok").action(Action::Hang));
    let ended = world.run("list --timeout 100ms").failure(5, "timeout");
    assert!(ended.err.contains("within 100ms (after 4 tries)"), "{}", ended.err);
    let by_variable = end(world.command(["list"]).env("PULLTOKEN_TIMEOUT", "90ms")).failure(5, "timeout");
    assert!(by_variable.err.contains("within 90ms"), "{}", by_variable.err);

    // It takes connections and never says a word of TLS.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let api = format!("https://localhost:{}", silent.local_addr().unwrap().port());
    let ended = world.run(&format!("list --api {api} --connect-timeout 50ms")).failure(5, "timeout");
    assert!(ended.err.contains("no connection within 50ms"), "{}", ended.err);
    for line in ["list --timeout 0s", "list --connect-timeout 5", "list --connect-to a.test:443"] {
        world.run(line).failure(2, "usage");
    }
}

#[test]
fn trust_comes_from_four_sides_and_from_nowhere_else() {
    let world = TlsWorld::new();
    let refused = end(&mut world.list()).failure(5, "tls");
    assert!(refused.err.contains("UnknownIssuer") && !refused.err.contains("tries"), "{}", refused.err);
    assert!(world.0.sim.requests().is_empty());

    end(world.list().env("SSL_CERT_FILE", world.ca_file())).success();
    end(world.list().env("NODE_EXTRA_CA_CERTS", world.ca_file())).success();
    end(world.list().arg("--ca-file").arg(world.ca_file())).success();
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(world.ca_file(), folder.path().join("authority.pem")).unwrap();
    end(world.list().env("SSL_CERT_DIR", folder.path())).success();
}

#[test]
fn what_is_trusted_adds_up() {
    let (world, other) = (TlsWorld::new(), TlsWorld::new());
    let with_another = |variable: &str| {
        let mut command = world.list();
        command.env(variable, other.ca_file());
        command
    };
    for variable in ["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"] {
        end(&mut with_another(variable)).failure(5, "tls");
        end(with_another(variable).arg("--ca-file").arg(world.ca_file())).success();
    }
    end(with_another("SSL_CERT_FILE").env("NODE_EXTRA_CA_CERTS", world.ca_file())).success();
    end(with_another("NODE_EXTRA_CA_CERTS").env("SSL_CERT_FILE", world.ca_file())).success();
}

#[test]
fn authorities_that_cannot_be_read_are_named() {
    let world = TlsWorld::new();
    let missing = world.0.home.path().join("missing.pem");
    let named = |ended: Ended| assert!(ended.err.contains("missing.pem"), "{}", ended.err);
    named(end(world.list().arg("--ca-file").arg(&missing)).failure(2, "file_unreadable"));
    for variable in ["SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS"] {
        named(end(world.list().env(variable, &missing)).failure(5, "tls"));
        end(world.list().env(variable, &missing).arg("--ca-file").arg(world.ca_file())).success();
    }
}

#[test]
fn connections_are_made_elsewhere_by_flag_too() {
    let world = TlsWorld::new();
    let mut command = world.list();
    command.env_remove("PULLTOKEN_CONNECT_TO").env("SSL_CERT_FILE", world.ca_file());
    command.args(["--connect-to", "other.test:443:127.0.0.1:1"]);
    for rule in world.0.sim.connect_to().unwrap().split(',') {
        command.args(["--connect-to", rule]);
    }
    end(&mut command).success();
}

/// A proxy that connects where it is told to, except that every name is `to`. It keeps what it was
/// asked.
fn proxy(to: String) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let kept = Arc::clone(&asked);
    thread::spawn(move || {
        for near in listener.incoming() {
            let mut near = near.unwrap();
            let head: Vec<_> = BufReader::with_capacity(1, near.try_clone().unwrap())
                .lines()
                .map_while(|line| line.ok().filter(|line| !line.is_empty()))
                .collect();
            kept.lock().unwrap().push(head.join("\n"));
            let far = TcpStream::connect(&to).unwrap();
            near.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
            pipe(near.try_clone().unwrap(), far.try_clone().unwrap());
            pipe(far, near);
        }
    });
    (address, asked)
}

fn pipe(mut from: TcpStream, mut to: TcpStream) {
    thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(std::net::Shutdown::Write);
    });
}

#[test]
fn proxies_of_the_environment_are_used_except_for_loopback_and_where_told() {
    let world = TlsWorld::new();
    let plain = world.0.sim.addresses().api.clone();
    let (address, asked) = proxy(plain.trim_start_matches("http://").to_owned());
    let list = |variable: &str| {
        let mut command = world.list();
        command.env_remove("PULLTOKEN_CONNECT_TO").env("SSL_CERT_FILE", world.ca_file()).env(variable, &address);
        command
    };
    for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
        end(&mut list(variable)).success();
        let seen = std::mem::take(&mut *asked.lock().unwrap());
        assert!(!seen.is_empty(), "{variable}");
        for head in seen {
            assert!(head.starts_with("CONNECT console-api.enforce.dev:443 "), "{head}");
            assert!(!head.to_ascii_lowercase().contains("authorization"), "{head}");
        }
    }
    // A name that exists nowhere, so that going past the proxy fails.
    let elsewhere = |no_proxy: &str| {
        let mut command = list("HTTPS_PROXY");
        command.env("PULLTOKEN_API", "https://platform.invalid").env("NO_PROXY", no_proxy);
        end(&mut command)
    };
    elsewhere("other.invalid").failure(5, "tls");
    assert!(!std::mem::take(&mut *asked.lock().unwrap()).is_empty());
    let ended = elsewhere("platform.invalid");
    assert_eq!(ended.code, Some(5), "{}", ended.err);
    end(list("HTTP_PROXY").env("PULLTOKEN_API", &plain)).success();
    end(list("ALL_PROXY").env("PULLTOKEN_API", &plain)).success();
    end(list("HTTPS_PROXY").env("PULLTOKEN_CONNECT_TO", world.0.sim.connect_to().unwrap())).success();
    assert!(asked.lock().unwrap().is_empty());
}

#[test]
fn a_redirect_never_takes_the_session_along() {
    let world = World::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let api = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
    let target = world.sim.addresses().api.clone();
    let location = format!("{target}/auth/v1/ok?code=hidden");
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = write!(
                stream,
                "HTTP/1.1 302 Found\r\nlocation: {location}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            );
        }
    });
    let ended = world.run(&format!("list --api {api}")).failure(1, "unexpected_response");
    assert!(ended.err.contains(&format!("redirects to {target}/auth/v1/ok,")), "{}", ended.err);
    assert!(!ended.err.contains("hidden") && world.sim.requests().is_empty());
}
