//! What reaches the registry, and what does not.

use std::io::{Read, Write};

use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::support::*;

const GET: &str = "HTTP/1.1\r\nHost: libraries.cgr.dev\r\n";

#[test]
fn packages_are_read_with_the_credential_over_one_connection_of_http_2() {
    let sim = sim();
    let sealed = Sealed::start(options(&sim, lent(&sim)));
    let mut stream = sealed.registry();
    for path in [
        "/javascript/left-hand",
        "/javascript/@example%2fscoped",
        "/javascript/-/ping",
        "/javascript/-/v1/search?text=left",
    ] {
        write!(stream, "GET {path} {GET}\r\n").unwrap();
        let answer = Response::read(&mut stream).unwrap();
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    }
    let mut stream = sealed.registry();
    write!(stream, "HEAD /javascript/left-hand {GET}\r\nGET /javascript/left-hand/1.0.0 {GET}\r\n").unwrap();
    let head = read_head(&mut stream).unwrap();
    assert!(head.starts_with("HTTP/1.1 200 ") && head.contains("content-length: "), "{head}");
    assert_eq!(Response::read(&mut stream).unwrap().status, 200);
    let requests = sim.requests();
    assert_eq!(requests.len(), 6);
    assert!(requests.iter().all(|request| request.authenticated));
    assert_eq!(requests[1].path, "/javascript/@example%2fscoped");
}

#[test]
fn what_is_not_a_package_does_not_reach_the_registry() {
    let sim = sim();
    let sealed = Sealed::start(options(&sim, lent(&sim)));
    for (request, status) in [
        (format!("GET /token {GET}"), 403),
        (format!("GET /javascript/-/whoami {GET}"), 403),
        (format!("GET /python/simple/ {GET}"), 403),
        (format!("GET /javascript/%2e%2e/token {GET}"), 400),
        (format!("GET /javascript/../token {GET}"), 400),
        (format!("GET /javascript/..%2ftoken {GET}"), 400),
        (format!("GET //javascript/x {GET}"), 400),
        (format!("GET /javascript/x\\..\\token {GET}"), 400),
        (format!("GET /javascript/x%00 {GET}"), 400),
        (format!("GET /javascript/x#y {GET}"), 400),
        (format!("GET /javascript/\u{e4} {GET}"), 400),
        (format!("PUT /javascript/left-hand {GET}Content-Length: 2\r\n\r\n{{}}"), 405),
        (format!("DELETE /javascript/left-hand {GET}"), 405),
        (format!("POST /javascript/left-hand {GET}Content-Length: 2\r\n\r\n{{}}"), 405),
        (format!("PUT /javascript/-/user/org.couchdb.user:x {GET}Transfer-Encoding: chunked\r\n\r\n0\r\n"), 405),
        (format!("CONNECT libraries.cgr.dev:443 {GET}"), 405),
        (format!("GET /javascript/left-hand {GET}Content-Length: 3\r\n\r\nabc"), 400),
        (format!("GET /javascript/left-hand {GET}Transfer-Encoding: chunked\r\n\r\n0\r\n"), 400),
        (format!("GET /javascript/left-hand {GET}Content-Length: 0\r\nContent-Length: 0"), 400),
        ("GET /javascript/left-hand HTTP/1.1\r\nHost: storage.example.com".to_owned(), 421),
        (format!("GET https://storage.example.com/javascript/left-hand {GET}"), 421),
        (format!("GET http://libraries.cgr.dev/javascript/left-hand {GET}"), 421),
        ("GET /javascript/left-hand HTTP/1.1".to_owned(), 400),
        (format!("GET /javascript/left-hand {GET}Host: libraries.cgr.dev"), 400),
        (format!("GET /javascript/left-hand {GET}A: b\nC: d"), 400),
        (format!("GET /javascript/left-hand {GET}A: b\r\n folded: d"), 400),
        (format!("GET /javascript/left-hand {GET}A : b"), 400),
        (format!("GET  /javascript/left-hand {GET}"), 400),
        ("GET /javascript/left-hand HTTP/2.0\r\nHost: libraries.cgr.dev".to_owned(), 400),
        ("PRI * HTTP/2.0\r\n\r\nSM".to_owned(), 400),
    ] {
        let answer = sealed.ask(&format!("{}\r\n\r\n", request.trim_end_matches("\r\n")));
        assert_eq!(answer.status, status, "{request}: {}", answer.text());
        assert!(answer.text().contains("pulltoken: "), "{}", answer.text());
    }
    let large = format!("GET /javascript/x {GET}A: {}\r\n\r\n", "a".repeat(70_000));
    assert_eq!(sealed.ask(&large).status, 431);
    let long = format!("GET /javascript/x/{} {GET}\r\n", "1".repeat(2048));
    assert_eq!(sealed.ask(&long).status, 414);
    assert_eq!(sim.requests(), []);
}

#[test]
fn a_head_that_is_refused_gets_no_body() {
    let sim = sim();
    let sealed = Sealed::start(options(&sim, lent(&sim)));
    let mut stream = sealed.registry();
    write!(stream, "HEAD /javascript/-/whoami {GET}\r\nGET /javascript/left-hand {GET}\r\n").unwrap();
    let head = read_head(&mut stream).unwrap();
    assert!(head.starts_with("HTTP/1.1 403 "), "{head}");
    assert!(head.contains("content-length: ") && !head.contains("content-length: 0\r\n"), "{head}");
    let next = Response::read(&mut stream).unwrap();
    assert_eq!(next.status, 200, "{}", next.head);
}

#[test]
fn a_request_hidden_in_a_body_is_not_read() {
    let sim = sim();
    let sealed = Sealed::start(options(&sim, lent(&sim)));
    let hidden = format!("GET /javascript/left-hand {GET}\r\n");
    for framing in [format!("Content-Length: {}", hidden.len()), "Transfer-Encoding: chunked".to_owned()] {
        let mut stream = sealed.registry();
        write!(stream, "GET /javascript/right-hand {GET}{framing}\r\n\r\n{hidden}").unwrap();
        assert_eq!(Response::read(&mut stream).unwrap().status, 400);
        assert!(Response::read(&mut stream).is_err());
    }
    assert_eq!(sim.requests(), []);
}

#[test]
fn audits_are_posted_and_nothing_else() {
    let sim = sim();
    let sealed = Sealed::start(options(&sim, lent(&sim)));
    let mut stream = sealed.registry();
    let body = "x".repeat(300_000);
    for path in ["advisories/bulk", "audits", "audits/quick"] {
        let head = format!(
            "POST /javascript/-/npm/v1/security/{path} {GET}Content-Type: application/json\r\nContent-Length: {}",
            body.len()
        );
        write!(stream, "{head}\r\nExpect: 100-continue\r\n\r\n").unwrap();
        assert_eq!(read_head(&mut stream).unwrap(), "HTTP/1.1 100 Continue\r\n\r\n");
        stream.write_all(body.as_bytes()).unwrap();
        assert_eq!(Response::read(&mut stream).unwrap().status, 200, "{path}");
    }
    let audit = format!("POST /javascript/-/npm/v1/security/audits {GET}");
    assert_eq!(sealed.ask(&format!("{audit}Content-Length: 16777217\r\n\r\n")).status, 413);
    assert_eq!(sealed.ask(&format!("{audit}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")).status, 400);
    let requests = sim.requests();
    assert_eq!(requests.len(), 3);
    assert!(requests.iter().all(|request| request.method == "POST" && request.authenticated));
}

#[test]
fn the_registry_sees_the_clients_bytes_and_few_of_its_headers() {
    let server = Scripted::start(|_, _| Act::Send(http(200, "", "{}")));
    let sealed = server.sealed();
    let path = "/javascript/@a%2Fb?write=true&x=%20";
    let more = "Authorization: Bearer stolen\r\nCookie: a=b\r\nProxy-Connection: keep-alive\r\nConnection: keep-alive, x-hop\r\n\
        X-Hop: 1\r\nKeep-Alive: 5\r\nTE: trailers\r\nUpgrade: websocket\r\nForwarded: for=1\r\nX-Forwarded-For: 1\r\n\
        npm-command: ci\r\npacote-pkg-id: x\r\nAccept: a/b\r\nIf-None-Match: \"e\"\r\nRange: bytes=0-1\r\nUser-Agent: npm\r\n";
    assert_eq!(sealed.get_plain(&server, path, more).unwrap().status, 200);
    let heads = server.heads();
    let mut lines: Vec<_> = heads[0].trim_end().split("\r\n").map(str::to_owned).collect();
    assert_eq!(lines.remove(0), format!("GET {path} HTTP/1.1"));
    lines.sort();
    let basic = "b3JnL2lkZW50aXR5Omh1bnRlcjItaHVudGVyMi5odW50ZXIy";
    assert_eq!(
        lines,
        [
            "accept: a/b".to_owned(),
            format!("authorization: Basic {basic}"),
            format!("host: {}", server.authority()),
            "if-none-match: \"e\"".to_owned(),
            "npm-command: ci".to_owned(),
            "pacote-pkg-id: x".to_owned(),
            "range: bytes=0-1".to_owned(),
            "user-agent: npm".to_owned(),
        ]
    );
}

#[test]
fn a_plain_registry_is_named_in_absolute_form_or_tunnelled_to() {
    let server = Scripted::start(|_, _| Act::Send(http(200, "", "{}")));
    let sealed = server.sealed();
    let host = format!("Host: {}\r\n{}", server.authority(), sealed.password());
    let origin = sealed.say(format!("GET /javascript/x HTTP/1.1\r\n{host}\r\n"));
    assert!(origin.starts_with("HTTP/1.1 400 "), "{origin}");
    let other = sealed.say(format!("GET http://127.0.0.1:9/javascript/x HTTP/1.1\r\n{host}\r\n"));
    assert!(other.starts_with("HTTP/1.1 421 "), "{other}");
    assert_eq!(server.heads().len(), 0);
    assert_eq!(sealed.get_plain(&server, "/javascript/x", "").unwrap().status, 200);
    let mut tunnel = sealed.tunnel(server.authority());
    write!(tunnel, "GET /javascript/x HTTP/1.1\r\nHost: {}\r\n\r\n", server.authority()).unwrap();
    assert_eq!(Response::read(&mut tunnel).unwrap().status, 200);
    assert!(server.heads().iter().all(|head| head.contains("authorization: Basic ")));
}

#[test]
fn a_registry_of_https_is_not_asked_in_the_clear() {
    let sim = sim();
    let sealed = Sealed::start(options(&sim, lent(&sim)));
    for url in [
        "https://libraries.cgr.dev/javascript/x",
        "http://libraries.cgr.dev/javascript/x",
        "http://libraries.cgr.dev:443/javascript/x",
    ] {
        let answer = sealed.say(format!("GET {url} HTTP/1.1\r\nHost: libraries.cgr.dev\r\n{}\r\n", sealed.password()));
        assert!(answer.starts_with("HTTP/1.1 4"), "{url}: {answer}");
    }
    assert_eq!(sim.requests(), []);
}

#[test]
fn words_in_the_clear_inside_a_tunnel_are_not_answered() {
    let sim = sim();
    let sealed = Sealed::start(options(&sim, lent(&sim)));
    let mut stream = sealed.tunnel("libraries.cgr.dev:443");
    write!(stream, "GET /javascript/left-hand {GET}\r\n").unwrap();
    let mut heard = Vec::new();
    let _ = stream.read_to_end(&mut heard);
    assert!(!heard.starts_with(b"HTTP"), "{}", String::from_utf8_lossy(&heard));
    assert_eq!(sim.requests(), []);
}

/// Targets near what is allowed, with what attackers add.
fn targets() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("javascript".to_owned()),
        Just("@a".to_owned()),
        Just("-".to_owned()),
        Just("x".to_owned()),
        Just("x-1.0.0.tgz".to_owned()),
        Just("..".to_owned()),
        Just("%2e%2E".to_owned()),
        Just("@a%2fb".to_owned()),
        "[!-~]{0,4}",
    ];
    proptest::collection::vec(piece, 1..5).prop_map(|pieces| format!("/javascript/{}", pieces.join("/")))
}

#[test]
fn what_is_sent_on_is_what_came_and_lies_below_the_prefixes() {
    let server = Scripted::start(|_, _| Act::Send(http(200, "", "{}")));
    let sealed = server.sealed();
    let sent_on = std::cell::Cell::new(0);
    let mut runner = TestRunner::new(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) });
    runner
        .run(&targets(), |target| {
            let before = server.heads().len();
            let status = sealed.get_plain(&server, &target, "").unwrap().status;
            let heads = server.heads().split_off(before);
            prop_assert_eq!(heads.len(), usize::from(status == 200), "{}: {}", target, status);
            for head in heads {
                sent_on.set(sent_on.get() + 1);
                prop_assert_eq!(head.split("\r\n").next().unwrap(), format!("GET {target} HTTP/1.1"));
                let url = url::Url::parse(&format!("http://a.test{target}")).unwrap();
                prop_assert!(url.path().starts_with("/javascript/"));
            }
            Ok(())
        })
        .unwrap();
    assert!(sent_on.get() > 20, "{}", sent_on.get());
}
