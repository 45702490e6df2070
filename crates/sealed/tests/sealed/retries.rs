//! Asking the registry again.

use std::net::TcpStream;

use pulltoken_sim::{Action, Fault};

use crate::support::*;

#[test]
fn what_passes_is_asked_again_four_times_in_all() {
    let sim = sim();
    let sealed = Sealed::start(options(&sim, lent(&sim)));
    for (action, times, status) in [
        (Action::Html(503), 3, 200),
        (Action::Html(502), 3, 200),
        (Action::Html(504), 4, 504),
        (Action::RetryAfter { status: 429, seconds: 0 }, 3, 200),
        (Action::Reset, 3, 200),
        (Action::Reset, 4, 502),
        (Action::Html(500), 1, 500),
        (Action::RetryAfter { status: 503, seconds: 3600 }, 1, 503),
    ] {
        sim.clear_requests();
        sim.faults().clear();
        let fault = sim.faults().add(Fault::on("GET", "/javascript/left-hand").times(times).action(action.clone()));
        let answer = sealed.get("/javascript/left-hand");
        assert_eq!((answer.status, fault.hits()), (status, times), "{action:?}: {}", answer.text());
        assert!(sim.requests().len() <= 4);
    }
}

#[test]
fn the_servers_wish_is_heard() {
    let sim = sim();
    let sealed = Sealed::start(options(&sim, lent(&sim)));
    let action = Action::RetryAfter { status: 429, seconds: 1 };
    sim.faults().add(Fault::on("GET", "/javascript/left-hand").times(1).action(action));
    let began = std::time::Instant::now();
    assert_eq!(sealed.get("/javascript/left-hand").status, 200);
    assert!(began.elapsed() >= std::time::Duration::from_secs(1));
}

#[test]
fn a_question_that_is_posted_is_asked_once() {
    let sim = sim();
    let sealed = Sealed::start(options(&sim, lent(&sim)));
    let fault = sim.faults().add(Fault::on("POST", "/javascript/").action(Action::Html(503)));
    let audit =
        "POST /javascript/-/npm/v1/security/audits HTTP/1.1\r\nHost: libraries.cgr.dev\r\nContent-Length: 2\r\n\r\n{}";
    assert_eq!((sealed.ask(audit).status, fault.hits()), (503, 1));
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_told_at_once() {
    let (sim, other) = (sim(), sim());
    let mut options = options(&sim, lent(&sim));
    options.roots = self::options(&other, lent(&other)).roots;
    let sealed = Sealed::start(options);
    let answer = sealed.get("/javascript/left-hand");
    assert_eq!(answer.status, 502);
    assert!(answer.text().contains("no secure connection to libraries.cgr.dev"), "{}", answer.text());
    assert_eq!(sealed.proxy().explain().unwrap().code(), pulltoken_core::ErrorCode::Network);
}

#[test]
fn a_registry_that_comes_back_is_reached() {
    // Nothing listens at first: what the first connection failed of is forgotten.
    let port = { std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port() };
    let registry = pulltoken_core::BaseUrl::parse(&format!("http://127.0.0.1:{port}")).unwrap();
    let options =
        pulltoken_sealed::SealedOptions::new(registry, pulltoken_core::Ecosystem::JavaScript, secret("hunter2"));
    let sealed = Sealed::start(options);
    let get = |stream: &mut TcpStream| {
        use std::io::Write as _;
        let head = format!(
            "GET http://127.0.0.1:{port}/javascript/x HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{}\r\n",
            sealed.password()
        );
        stream.write_all(head.as_bytes()).unwrap();
        Response::read(stream).unwrap().status
    };
    let mut stream = sealed.connect();
    assert_eq!(get(&mut stream), 502);
    let listener = std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();
    let server = std::thread::spawn(move || {
        use std::io::Write as _;
        // The first connection is the one that was made ahead.
        let (mut stream, _) = listener.accept().unwrap();
        read_head(&mut stream).unwrap();
        stream.write_all(&http(200, "", "{}")).unwrap();
    });
    assert_eq!(get(&mut stream), 200);
    server.join().unwrap();
}
