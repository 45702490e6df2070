//! What the client gets to see of the registry's answers.

use std::io::{Read, Write};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pulltoken_core::ErrorCode;
use pulltoken_sealed::{SealedOptions, Source};
use pulltoken_sim::Part;

use crate::support::*;

#[test]
fn downloads_that_are_redirected_come_without_the_credential() {
    let sim = sim();
    let sealed = Sealed::start(options(&sim, lent(&sim)));
    let answer = sealed.get("/javascript/far-away/-/far-away-1.0.0.tgz");
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(answer.body.starts_with(&[0x1f, 0x8b]));
    let stored: Vec<_> = sim.requests().into_iter().filter(|request| request.part == Part::Storage).collect();
    assert_eq!(stored.len(), 1);
    assert_eq!((stored[0].authorization.clone(), stored[0].status), (None, Some(200)));
}

#[test]
fn redirects_are_followed_five_times_and_only_where_they_may_lead() {
    let server = Scripted::start(|head, _| {
        let path = head.split(' ').nth(1).unwrap_or_default();
        let to = |location: &str| Act::Send(http(302, &format!("Location: {location}\r\nSet-Cookie: a=b\r\n"), ""));
        match path.trim_start_matches("/javascript/") {
            "end" => Act::Send(http(200, "", "arrived")),
            "outside" => to("/token"),
            "dots" => to("/javascript/%2e%2e/token"),
            "user" => to("http://u:p@127.0.0.1:9/x"),
            "secure" => to("ftp://127.0.0.1/x?X-Signature=hunter2"),
            "closed" => to("http://127.0.0.1:1/x?X-Signature=hunter2"),
            hop => match hop.trim_start_matches('h').parse::<u32>() {
                Ok(1) => to("end"),
                Ok(n) => to(&format!("h{}", n - 1)),
                Err(_) => to("/javascript/h99"),
            },
        }
    });
    let sealed = server.sealed();
    let get = |path: &str| sealed.get_plain(&server, &format!("/javascript/{path}"), "").unwrap();
    assert_eq!(get("h5").text(), "arrived");
    let heads = server.heads();
    assert!(heads[0].contains("authorization: "));
    assert!(heads[1..].iter().all(|head| !head.contains("authorization")), "{heads:?}");
    for path in ["h6", "outside", "dots", "user", "secure", "closed"] {
        let answer = get(path);
        assert_eq!(answer.status, 502, "{path}: {}", answer.text());
        let told = answer.head.to_lowercase() + &answer.text();
        assert!(!told.contains("location") && !told.contains("cookie") && !told.contains("hunter2"), "{told}");
    }
    assert!(!server.heads().iter().any(|head| head.contains("/token")));
    assert!(!serde_json::to_string(&sealed.proxy().report()).unwrap().contains("hunter2"));
}

#[test]
fn a_storage_that_refuses_is_not_taken_for_the_registry() {
    // As storages do, it repeats the link it was asked by, which is a permission of its own.
    let storage = Scripted::start(|head, _| {
        let path = head.split(' ').nth(1).unwrap();
        let status = path.get(1..4).unwrap().parse().unwrap();
        let headers = format!("X-Request-Id: {path}\r\nRetry-After: 3600\r\n");
        Act::Send(http(status, &headers, &format!("{{\"error\":\"no {path}\"}}")))
    });
    let link = storage.url.clone();
    let registry = Scripted::start(move |head, _| {
        let version = head.split("x-1.0.").nth(1).unwrap().split(".tgz").next().unwrap();
        Act::Send(http(302, &format!("Location: {link}/{version}?X-Signature=signed-by-it\r\n"), ""))
    });
    for (status, seen, code) in [
        (401, 401, ErrorCode::ServerError),
        (403, 403, ErrorCode::ServerError),
        (404, 404, ErrorCode::ServerError),
        (409, 409, ErrorCode::ServerError),
        (429, 429, ErrorCode::RateLimited),
        (503, 503, ErrorCode::ServerError),
        // A redirect to nowhere is nothing to pass on either.
        (300, 502, ErrorCode::ServerError),
    ] {
        let sealed = registry.sealed();
        let answer = sealed.get_plain(&registry, &format!("/javascript/x/-/x-1.0.{status}.tgz"), "").unwrap();
        let said = answer.head.clone() + &answer.text();
        assert_eq!(answer.status, seen, "{said}");
        assert!(said.contains("storage") && said.contains(&status.to_string()), "{said}");
        assert!(said.contains("retry-after: 3600\r\n"), "{said}");
        let report = serde_json::to_string(&sealed.proxy().report()).unwrap();
        assert!(report.contains("storage"), "{report}");
        let why = sealed.proxy().explain().unwrap();
        assert_eq!(why.code(), code, "{why:?}");
        assert!(why.message().contains("storage") && !why.message().contains("the registry refuses"), "{why:?}");
        for text in [said, report, format!("{why:?}{}{}", why.message(), why.hint())] {
            assert!(!text.contains("signed-by-it") && !text.contains("X-Signature"), "{text}");
        }
    }
    assert!(storage.heads().iter().all(|head| !head.contains("authorization")));
    // Nor does a HEAD show more.
    let sealed = registry.sealed();
    let mut stream = sealed.connect();
    let path = format!("{}/javascript/x/-/x-1.0.403.tgz", registry.url);
    write!(stream, "HEAD {path} HTTP/1.1\r\nHost: {}\r\n{}\r\n", registry.authority(), sealed.password()).unwrap();
    let head = read_head(&mut stream).unwrap();
    assert!(head.starts_with("HTTP/1.1 403 ") && !head.contains("signed-by-it"), "{head}");
}

#[test]
fn headers_that_set_or_lead_stay_behind() {
    let server = Scripted::start(|_, _| {
        let headers = "Set-Cookie: a=b\r\nAlt-Svc: h3=\":443\"\r\nWWW-Authenticate: Basic realm=\"x\"\r\nLocation: /x\r\n\
            Refresh: 0; url=/x\r\nETag: \"e\"\r\nnpm-notice: hello\r\nX-Other: 1\r\nDigest: hunter2-hunter2.hunter2\r\n";
        Act::Send(http(401, headers, "{}"))
    });
    let answer = server.sealed().get_plain(&server, "/javascript/x", "").unwrap();
    let names: Vec<_> =
        answer.head.lines().skip(1).filter_map(|line| line.split_once(':')).map(|(name, _)| name).collect();
    assert_eq!(names, ["npm-notice", "content-type", "content-length"], "{}", answer.head);
}

#[test]
fn headers_do_not_give_the_credential_away() {
    // Of a header that passes otherwise.
    for status in [200, 401] {
        let server = Scripted::start(move |_, index| {
            let id = if index == 0 { "of-no-secret" } else { "echo-hunter2-hunter2.hunter2" };
            Act::Send(http(status, &format!("X-Request-Id: {id}\r\nnpm-notice: hello\r\n"), "{}"))
        });
        let sealed = server.sealed();
        let ids = || {
            let answer = sealed.get_plain(&server, "/javascript/x", "").unwrap();
            assert_eq!(answer.status, status);
            assert!(answer.head.contains("npm-notice: hello\r\n"), "{}", answer.head);
            let id = answer.head.lines().find_map(|line| line.strip_prefix("x-request-id: ").map(str::to_owned));
            (id, answer.head.contains("hunter2"))
        };
        assert_eq!(ids(), (Some("of-no-secret".to_owned()), false), "{status}");
        assert_eq!(ids(), (None, false), "{status}");
    }
}

#[test]
fn an_error_does_not_give_the_credential_away() {
    let server = Scripted::start(|head, index| {
        let sent = head.split("authorization: Basic ").nth(1).unwrap().split("\r\n").next().unwrap().to_owned();
        let pair = String::from_utf8(STANDARD.decode(&sent).unwrap()).unwrap();
        let body = format!("{{\"error\":\"refused {sent} {pair} {}\"}}", STANDARD.encode(format!("x{pair}")));
        match index {
            0 => Act::Send(http(403, "", &body)),
            1 => {
                let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
                gzip.write_all(body.as_bytes()).unwrap();
                let bytes = gzip.finish().unwrap();
                let mut answer =
                    format!("HTTP/1.1 403 X\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", bytes.len())
                        .into_bytes();
                answer.extend_from_slice(&bytes);
                Act::Send(answer)
            }
            2 => Act::Send(http(403, "Content-Encoding: br\r\n", &body)),
            _ => Act::Last(http(403, "", &format!("{}{body}", "x".repeat(70_000)))),
        }
    });
    let sealed = server.sealed();
    let get = || sealed.get_plain(&server, "/javascript/bad/-/bad-1.0.0.tgz", "").unwrap();
    for _ in 0..2 {
        let answer = get();
        assert_eq!(answer.status, 403);
        let text = answer.text();
        assert!(
            text.starts_with(r#"{"error":"refused b3JnL2lkZW50aXR5"#) && text.contains(" org/identity:*** "),
            "{text}"
        );
        assert_eq!(text.matches("***").count(), 3);
        assert!(!text.contains("hunter2") && !text.contains("aHVudGVyMi"), "{text}");
        assert!(!answer.head.contains("gzip"));
    }
    for _ in 0..2 {
        let answer = get();
        assert_eq!(answer.status, 403);
        assert!(answer.text().contains("is not shown"), "{}", answer.text());
    }
    let report = serde_json::to_string(&sealed.proxy().report()).unwrap();
    assert!(!report.contains("hunter2") && !report.contains("aHVudGVyMi"), "{report}");
}

#[test]
fn a_change_of_protocol_is_a_502() {
    let server = Scripted::start(|_, _| {
        Act::Hang(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n".to_vec())
    });
    let sealed = server.sealed_with(|options| SealedOptions { quiet_limit: Duration::from_secs(5), ..options });
    assert_eq!(sealed.get_plain(&server, "/javascript/x", "").unwrap().status, 502);
}

#[test]
fn a_body_that_breaks_off_is_not_taken_for_whole() {
    let server = Scripted::start(|head, _| {
        let path = head.split(' ').nth(1).unwrap_or_default();
        if path.contains("chunked") {
            Act::Last(b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n".to_vec())
        } else {
            Act::Last(b"HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\nhello".to_vec())
        }
    });
    let sealed = server.sealed();
    for path in ["/javascript/chunked", "/javascript/length"] {
        let mut stream = sealed.connect();
        write!(
            stream,
            "GET {}{path} HTTP/1.1\r\nHost: {}\r\n{}\r\n",
            server.url,
            server.authority(),
            sealed.password()
        )
        .unwrap();
        let mut rest = Vec::new();
        let error = stream.read_to_end(&mut rest).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "{path}");
    }
}

#[test]
fn silence_is_ended() {
    let server = Scripted::start(|head, _| {
        if head.contains("/javascript/never") {
            Act::Hang(Vec::new())
        } else {
            Act::Hang(b"HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\nhello".to_vec())
        }
    });
    let sealed = server.sealed_with(|options| SealedOptions { quiet_limit: Duration::from_millis(1500), ..options });
    assert_eq!(sealed.get_plain(&server, "/javascript/never", "").unwrap().status, 504);
    assert!(sealed.get_plain(&server, "/javascript/half", "").is_err());
    let mut stream = sealed.connect();
    stream.write_all(b"GET / HT").unwrap();
    assert!(read_head(&mut stream).unwrap().starts_with("HTTP/1.1 408 "));
}

#[test]
fn the_report_says_what_came_from_where_and_what_was_blocked() {
    let sim = sim();
    let sealed = Sealed::start(options(&sim, lent(&sim)));
    for path in [
        "/javascript/left-hand/-/left-hand-1.0.0.tgz",
        "/javascript-upstream/only-upstream/-/only-upstream-1.0.0.tgz",
        "/javascript/bad-apple/-/bad-apple-1.0.0.tgz",
        "/javascript/rotten-barrel",
        "/javascript/not-there",
        "/javascript/left-hand",
    ] {
        sealed.get(path);
    }
    let report = sealed.proxy().report();
    let short: Vec<_> = report
        .iter()
        .map(|entry| {
            (
                entry.package.as_deref().unwrap(),
                entry.version.as_deref(),
                entry.source,
                entry.status,
                entry.integrity.is_some(),
            )
        })
        .collect();
    assert_eq!(
        short,
        [
            ("left-hand", Some("1.0.0"), Source::Chainguard, 200, true),
            ("only-upstream", Some("1.0.0"), Source::Upstream, 200, true),
            ("bad-apple", Some("1.0.0"), Source::Chainguard, 403, false),
            ("rotten-barrel", None, Source::Chainguard, 409, false),
            ("not-there", None, Source::Chainguard, 404, false),
        ]
    );
    assert_eq!(report[2].reason.as_deref(), Some("blocked by policy: bad-apple@1.0.0 is known malware"));
    let why = sealed.proxy().explain().unwrap();
    assert_eq!(
        why.message(),
        "the registry refuses bad-apple@1.0.0: blocked by policy: bad-apple@1.0.0 is known malware"
    );
}
