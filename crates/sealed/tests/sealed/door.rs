//! Who is let in, and when the door closes.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::support::*;

#[test]
fn without_the_password_nothing_is_said_of_the_target() {
    let sim = sim();
    let sealed = Sealed::start(options(&sim, lent(&sim)));
    let wrong = "Proxy-Authorization: Basic czowMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMA==\r\n";
    for password in ["", wrong, "Authorization: Basic eDp5\r\n"] {
        for line in [
            "CONNECT libraries.cgr.dev:443 HTTP/1.1",
            "CONNECT user@libraries.cgr.dev:99999 HTTP/1.1",
            "CONNECT \u{e4}:1 HTTP/1.1",
            "GET http://169.254.169.254/ HTTP/1.1",
            "GET / HTTP/1.1",
            "what is this",
        ] {
            let answer = sealed.say(format!("{line}\r\nHost: a\r\n{password}\r\n"));
            assert!(answer.starts_with("HTTP/1.1 407 "), "{line}: {answer}");
            assert!(answer.contains("proxy-authenticate: Basic"), "{answer}");
        }
    }
    assert!(sim.requests().is_empty());
}

#[test]
fn every_request_of_a_connection_brings_the_password() {
    let server = Scripted::start(|_, _| Act::Send(http(200, "", "{}")));
    let sealed = server.sealed();
    let line = format!("GET {}/javascript/x HTTP/1.1\r\nHost: {}\r\n", server.url, server.authority());
    let answers = sealed.say(format!("{line}{}\r\n{line}\r\n{line}{}\r\n", sealed.password(), sealed.password()));
    let statuses: Vec<_> = answers.split("HTTP/1.1 ").skip(1).map(|answer| &answer[..3]).collect();
    assert_eq!(statuses, ["200", "407"], "{answers}");
    assert_eq!(server.heads().len(), 1);
}

#[test]
fn malformed_targets_are_400() {
    let sim = sim();
    let sealed = Sealed::start(options(&sim, lent(&sim)));
    for target in [
        "libraries.cgr.dev",
        "libraries.cgr.dev:",
        "libraries.cgr.dev:0",
        "libraries.cgr.dev:65536",
        "libraries.cgr.dev:+443",
        "libraries.cgr.dev:0x1bb",
        "libraries.cgr.dev:443:443",
        "user@libraries.cgr.dev:443",
        "user:pw@libraries.cgr.dev:443",
        "l%69braries.cgr.dev:443",
        "librarie\u{455}.cgr.dev:443",
        "https://libraries.cgr.dev:443",
        "/",
        "*",
    ] {
        let answer = sealed.say(format!("CONNECT {target} HTTP/1.1\r\n{}\r\n", sealed.password()));
        assert!(answer.starts_with("HTTP/1.1 400 "), "{target}: {answer}");
    }
    for body in ["Content-Length: 1", "Transfer-Encoding: chunked"] {
        let answer = sealed.say(format!("CONNECT a.test:443 HTTP/1.1\r\n{}{body}\r\n\r\n", sealed.password()));
        assert!(answer.starts_with("HTTP/1.1 400 "), "{body}: {answer}");
    }
    assert!(sim.requests().is_empty());
}

#[test]
fn it_listens_on_loopback_alone() {
    let sim = sim();
    let sealed = Sealed::start(options(&sim, lent(&sim)));
    let port = format!("{:04X}", sealed.proxy().port());
    let table = std::fs::read_to_string("/proc/self/net/tcp").unwrap()
        + &std::fs::read_to_string("/proc/self/net/tcp6").unwrap_or_default();
    let listening: Vec<_> = table
        .lines()
        .filter_map(|line| {
            let fields: Vec<_> = line.split_ascii_whitespace().collect();
            (fields.get(3) == Some(&"0A") && fields[1].ends_with(&port)).then(|| fields[1].to_owned())
        })
        .collect();
    assert_eq!(listening, [format!("0100007F:{port}")]);
}

#[test]
fn another_user_is_not_answered() {
    // Becoming another user takes root; elsewhere the own user's part is what can be seen.
    let sim = sim();
    let sealed = Sealed::start(options(&sim, lent(&sim)));
    let script = format!(
        "exec 3<>/dev/tcp/127.0.0.1/{}; printf 'CONNECT a.test HTTP/1.1\\r\\n{}\\r\\n' >&3; cat <&3",
        sealed.proxy().port(),
        sealed.password().replace("\r\n", "\\r\\n")
    );
    let own = Command::new("bash").args(["-c", &script]).output().unwrap();
    assert!(own.stdout.starts_with(b"HTTP/1.1 400 "), "{own:?}");
    if rustix::process::geteuid().is_root() {
        let setpriv = ["--reuid", "65534", "--regid", "65534", "--clear-groups", "bash", "-c", &script];
        let other = Command::new("setpriv").args(setpriv).output().unwrap();
        assert!(other.stdout.is_empty(), "{other:?}");
    }
}

#[test]
fn stopping_closes_everything_within_a_second() {
    let sim = sim();
    let hung = Scripted::start(|_, _| Act::Hang(b"HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\nhalf".to_vec()));
    let mut sealed = Sealed::start(options(&sim, lent(&sim)));
    let mut idle = sealed.connect();
    let mut tunnelled = sealed.tunnel(hung.authority());
    tunnelled.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    assert!(read_head(&mut tunnelled).unwrap().starts_with("HTTP/1.1 200"));
    let mut half = [0; 4];
    tunnelled.read_exact(&mut half).unwrap();
    let mut secure = sealed.registry();
    let port = sealed.proxy().port();

    let began = Instant::now();
    let proxy = sealed.proxy.take().unwrap();
    sealed.runtime.block_on(proxy.stop());
    let mut rest = Vec::new();
    let _ = idle.read_to_end(&mut rest);
    let _ = tunnelled.read_to_end(&mut rest);
    let _ = secure.read_to_end(&mut rest);
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    assert_eq!(rest, b"");
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
}

#[test]
fn dropping_closes_the_door_too() {
    let sim = sim();
    let mut sealed = Sealed::start(options(&sim, lent(&sim)));
    let mut secure = sealed.registry();
    let port = sealed.proxy().port();
    let began = Instant::now();
    drop(sealed.proxy.take());
    let mut rest = Vec::new();
    let _ = secure.read_to_end(&mut rest);
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    assert_eq!(rest, b"");
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
}

#[test]
fn two_runs_share_neither_port_nor_password_nor_authority() {
    let sim = sim();
    let (one, two) = (Sealed::start(options(&sim, lent(&sim))), Sealed::start(options(&sim, lent(&sim))));
    assert_ne!(one.proxy().port(), two.proxy().port());
    assert_ne!(one.proxy().proxy_url().expose(), two.proxy().proxy_url().expose());
    assert_ne!(one.proxy().ca_bundle(), two.proxy().ca_bundle());
    assert!(!format!("{:?}", one.proxy()).contains(&one.password()[27..40]));
}

#[test]
fn it_is_idle_while_nobody_is_connected() {
    let server = Scripted::start(|_, _| Act::Send(http(200, "", "{}")));
    let sealed = server.sealed();
    let stream = sealed.tunnel(server.authority());
    assert_eq!(sealed.proxy().idle_for(), Duration::ZERO);
    drop(stream);
    let began = Instant::now();
    while sealed.proxy().idle_for() == Duration::ZERO {
        assert!(began.elapsed() < Duration::from_secs(10));
        std::thread::yield_now();
    }
}
