//! Over real connections: to the simulator's TLS, and to servers that answer by a script.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use pulltoken_core::Secret;
use pulltoken_core::http::Method;
use pulltoken_sim::Sim;
use reqwest::Version;

use super::*;
use crate::connect_to::ConnectTo;

const PATIENCE: Duration = Duration::from_secs(30);

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

fn get(url: &str, session: &str) -> Request {
    Request::new(Method::Get, url.to_owned(), &Secret::new(session))
}

fn options() -> TransportOptions {
    TransportOptions { connect_timeout: PATIENCE, timeout: PATIENCE, ..TransportOptions::default() }
}

fn ask(options: TransportOptions, url: &str) -> std::result::Result<Response, SendFailure> {
    run(HttpTransport::new(options).send(get(url, "session")))
}

fn fails(options: TransportOptions, url: &str) -> (ErrorCode, bool, String) {
    let failure = ask(options, url).unwrap_err();
    (failure.error.code(), failure.may_have_arrived, failure.error.message().to_owned())
}

/// Answers every connection with the same bytes, and keeps what it was asked. Without an answer it
/// stays silent.
struct Server {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn answering(answer: impl AsRef<[u8]>) -> Self {
        let answer = answer.as_ref().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let kept = Arc::clone(&asked);
        thread::spawn(move || {
            let mut silent = Vec::new();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                if answer.is_empty() {
                    silent.push(stream);
                    continue;
                }
                let mut request = vec![0; 4096];
                let length = stream.read(&mut request).unwrap();
                kept.lock().unwrap().push(String::from_utf8_lossy(&request[..length]).into_owned());
                // The client may have seen enough before the end.
                let _ = stream.write_all(&answer);
            }
        });
        Self { port, asked }
    }

    fn silent() -> Self {
        Self::answering("")
    }

    fn url(&self) -> String {
        format!("http://localhost:{}/x?secret=1", self.port)
    }
}

/// Hands connections on and counts them.
fn counting_forwarder(to: u16) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    thread::spawn(move || {
        for near in listener.incoming() {
            counted.fetch_add(1, Ordering::SeqCst);
            let near = near.unwrap();
            let far = TcpStream::connect(("127.0.0.1", to)).unwrap();
            for (mut from, mut to) in [
                (near.try_clone().unwrap(), far.try_clone().unwrap()),
                (far.try_clone().unwrap(), near.try_clone().unwrap()),
            ] {
                thread::spawn(move || {
                    let _ = std::io::copy(&mut from, &mut to);
                    let _ = to.shutdown(std::net::Shutdown::Write);
                });
            }
        }
    });
    (port, count)
}

fn port(address: &str) -> u16 {
    address.rsplit(':').next().unwrap().parse().unwrap()
}

fn rule(text: String) -> Vec<ConnectTo> {
    vec![ConnectTo::parse(&text).unwrap()]
}

#[test]
fn http_2_is_spoken_where_it_is_offered_and_connections_are_kept() {
    let sim = Sim::builder().tls(true).start().unwrap();
    let (forwarder, count) = counting_forwarder(port(&sim.addresses().api));
    let transport = HttpTransport::new(TransportOptions {
        ca_file: sim.ca_file(),
        connect_to: rule(format!("console-api.enforce.dev:443:localhost:{forwarder}")),
        ..options()
    });
    let owner = sim.token("owner").unwrap();
    let request = || get("https://console-api.enforce.dev/auth/v1/ok", &owner);
    run(async {
        let (_, first) = transport.execute(request()).await.unwrap();
        assert_eq!((first.status().as_u16(), first.version()), (200, Version::HTTP_2));
        for _ in 0..3 {
            assert_eq!(transport.send(request()).await.unwrap().status, 200);
        }
    });
    assert_eq!(count.load(Ordering::SeqCst), 1);
    let agent = concat!("pulltoken/", env!("CARGO_PKG_VERSION"));
    assert!(sim.requests().iter().all(|request| request.user_agent.as_deref() == Some(agent)));
}

#[test]
fn the_ports_of_both_sides_may_differ_and_the_name_stays() {
    let sim = Sim::builder().tls(true).start().unwrap();
    let registry = port(&sim.addresses().registry);
    let transport = HttpTransport::new(TransportOptions {
        ca_file: sim.ca_file(),
        connect_to: rule(format!("libraries.cgr.dev:8443:127.0.0.1:{registry}")),
        ..options()
    });
    let session = sim.session(pulltoken_sim::SessionSpec::new().role("owner").audience("libraries.cgr.dev")).unwrap();
    let request = || get("https://libraries.cgr.dev:8443/javascript/left-hand", &session);
    run(async {
        let (url, answer) = transport.execute(request()).await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.version(), url.port()), (200, Version::HTTP_11, Some(8443)));
    });
    let mut sent = message::request(request()).unwrap();
    transport.ways.client(&mut sent).unwrap();
    assert_eq!(sent.headers()["host"], "libraries.cgr.dev:8443");
}

#[test]
fn plain_http_is_sent_elsewhere_on_loopback_alone() {
    let server = Server::answering("HTTP/1.1 204 No Content\r\n\r\n");
    let to = |target: String| TransportOptions { connect_to: rule(format!("127.0.0.1:80:{target}")), ..options() };
    let answer = ask(to(format!("[::ffff:127.0.0.1]:{}", server.port)), "http://127.0.0.1/x");
    assert_eq!(answer.unwrap_err().error.code(), ErrorCode::InsecureUrl);
    assert_eq!(ask(to(format!("localhost:{}", server.port)), "http://127.0.0.1/x").unwrap().status, 204);
    assert!(server.asked.lock().unwrap()[0].contains("\r\nhost: 127.0.0.1\r\n"));
    for target in ["a.test:80", "192.0.2.1:80"] {
        assert_eq!(fails(to(target.to_owned()), "http://127.0.0.1/x").0, ErrorCode::InsecureUrl);
    }
    assert_eq!(fails(options(), "http://a.test/x").0, ErrorCode::InsecureUrl);
    let address = TransportOptions { connect_to: rule(":::1".to_owned()), ..options() };
    assert_eq!(fails(address, "https://192.0.2.1/x").0, ErrorCode::Usage);
}

#[test]
fn whom_nobody_vouches_for_is_told_from_a_network_that_failed() {
    let sim = Sim::builder().tls(true).start().unwrap();
    let connect_to = sim.connect_to().unwrap().split(',').map(|text| ConnectTo::parse(text).unwrap()).collect();
    let stranger = TransportOptions { connect_to, ..options() };
    let (code, arrived, message) = fails(stranger, "https://console-api.enforce.dev/?secret=1");
    assert_eq!((code, arrived), (ErrorCode::Tls, false));
    assert!(message.contains("at console-api.enforce.dev:") && message.contains("UnknownIssuer"), "{message}");

    let other_name = TransportOptions {
        ca_file: sim.ca_file(),
        connect_to: rule(format!("a.test:443:127.0.0.1:{}", port(&sim.addresses().api))),
        ..options()
    };
    assert_eq!(fails(other_name, "https://a.test/").0, ErrorCode::Tls);
    let plain = Server::answering("HTTP/1.1 200 OK\r\n\r\n");
    assert_eq!(fails(options(), &format!("https://localhost:{}/", plain.port)).0, ErrorCode::Tls);

    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (code, arrived, message) = fails(options(), &format!("https://{nobody}/?secret=1"));
    assert_eq!((code, arrived), (ErrorCode::Network, false));
    assert!(message.contains(&nobody.to_string()) && !message.contains("secret"), "{message}");
}

#[test]
fn an_authorities_file_has_to_hold_one() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "no certificate\n").unwrap();
    for path in [folder.path().join("missing.pem"), empty] {
        let (code, _, message) =
            fails(TransportOptions { ca_file: Some(path.clone()), ..options() }, "https://localhost:1/");
        assert_eq!(code, ErrorCode::FileUnreadable);
        assert!(message.contains(&*path.to_string_lossy()), "{message}");
    }
}

#[test]
fn a_server_that_is_slow_is_waited_for_as_long_as_was_said() {
    let short = Duration::from_millis(100);
    let silent = Server::silent();
    let (code, arrived, message) = fails(TransportOptions { timeout: short, ..options() }, &silent.url());
    assert_eq!((code, arrived), (ErrorCode::Timeout, true));
    assert!(message.ends_with("no whole answer within 100ms"), "{message}");

    let url = format!("https://localhost:{}/", silent.port);
    let (code, arrived, message) = fails(TransportOptions { connect_timeout: short, ..options() }, &url);
    assert_eq!((code, arrived), (ErrorCode::Timeout, false));
    assert!(message.ends_with("no connection within 100ms"), "{message}");
}

#[test]
fn what_no_server_should_send_is_an_error_and_no_panic() {
    for (answer, code) in [
        ("garbage\r\n\r\n", ErrorCode::Network),
        ("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf", ErrorCode::Network),
        ("HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n", ErrorCode::Network),
        ("HTTP/1.1 200 OK\r\nbad header\0: x\r\n\r\n", ErrorCode::Network),
        ("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n123456789", ErrorCode::UnexpectedResponse),
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\n123456789\r\n0\r\n\r\n",
            ErrorCode::UnexpectedResponse,
        ),
    ] {
        let server = Server::answering(answer);
        let got = fails(TransportOptions { body_limit: 8, ..options() }, &server.url());
        assert_eq!((got.0, got.1), (code, true), "{answer:?}: {}", got.2);
    }
}

#[test]
fn the_head_of_an_answer_is_read_whatever_is_in_it() {
    let server = Server::answering(
        b"HTTP/1.1 429 Too Many\r\nx-request-id: r\xff-1\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\
          retry-after: Sun, 06 Nov 1994 08:50:07 GMT\r\ncontent-length: 2\r\n\r\n{}",
    );
    let answer = ask(options(), &server.url()).unwrap();
    assert_eq!((answer.status, answer.request_id.as_deref()), (429, Some("r\u{fffd}-1")));
    assert_eq!((answer.retry_after, &answer.body[..]), (Some(Duration::from_secs(30)), &b"{}"[..]));
    let server = Server::answering("HTTP/1.1 503 Busy\r\nretry-after: later\r\ncontent-length: 0\r\n\r\n");
    assert_eq!(ask(options(), &server.url()).unwrap().retry_after, None);
}

#[test]
fn a_redirect_is_not_followed() {
    let there = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    let target = format!("http://127.0.0.1:{}/y", there.port);
    let here =
        Server::answering(format!("HTTP/1.1 302 Found\r\nlocation: {target}?secret=1\r\ncontent-length: 0\r\n\r\n"));
    let answer = ask(options(), &here.url()).unwrap();
    assert_eq!((answer.status, answer.redirect), (302, Some(target)));
    assert!(there.asked.lock().unwrap().is_empty());
}
