//! The program: its line, its end, its messages.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Rsa, http, send};

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pulltoken-sim"));
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn line(child: &mut Child) -> Value {
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    serde_json::from_str(&line).unwrap()
}

fn ends_well(mut child: Child) {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success());
            return;
        }
        assert!(Instant::now() < deadline, "the program did not end");
        std::thread::yield_now();
    }
}

#[test]
fn it_prints_one_line_and_serves_until_its_standard_input_closes() {
    let mut child = program(&["--print-env"]).spawn().unwrap();
    let line = line(&mut child);
    for part in ["api", "issuer", "console", "registry", "storage"] {
        let url = line[part].as_str().unwrap();
        assert_eq!(send(http().get(format!("{url}/__sim/requests"))).status, 200, "{part}");
    }
    assert_eq!((&line["organization"]["name"], &line["env"]["PULLTOKEN_API"]), (&"example".into(), &line["api"]));
    for caller in ["owner", "viewer", "libraries.java.pull_token_creator"] {
        let token = line["tokens"][caller].as_str().unwrap();
        let url = format!("{}/auth/v1/ok", line["api"].as_str().unwrap());
        assert_eq!(send(http().get(url).bearer_auth(token)).status, 200, "{caller}");
    }
    assert!(line["refresh"].is_string() && line.get("caFile").is_none());
    child.stdin.as_mut().unwrap().write_all(b"ignored\n").unwrap();
    assert!(child.try_wait().unwrap().is_none());
    drop(child.stdin.take());
    ends_well(child);
}

#[cfg(unix)]
#[test]
fn without_an_open_pipe_it_serves_until_it_is_signalled() {
    for stdin in [Stdio::null(), closed_pipe()] {
        let mut child = program(&["--print-env"]).stdin(stdin).spawn().unwrap();
        let line = line(&mut child);
        let url = format!("{}/__sim/requests", line["console"].as_str().unwrap());
        assert_eq!(send(http().get(url)).status, 200);
        assert!(child.try_wait().unwrap().is_none());
        let killed = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
        assert!(killed.success());
        ends_well(child);
    }
}

/// The reading end of a pipe whose writing end is closed.
#[cfg(unix)]
fn closed_pipe() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(writer);
    reader.into()
}

/// Five free ports in a row, below those that systems give to whoever asks for any: every other test
/// asks for any.
fn free_range() -> u16 {
    let first = 10_000 + u16::try_from(std::process::id() % 2_000).unwrap() * 10;
    let is_free = |port: &u16| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok();
    (first..32_000).step_by(5).find(|base| (*base..base + 5).all(|port| is_free(&port))).unwrap()
}

#[test]
fn ports_follow_their_base_and_a_taken_one_is_named() {
    let base = free_range();
    let mut child = program(&["--print-env", "--port-base", &base.to_string()]).spawn().unwrap();
    let line = line(&mut child);
    let ports: Vec<u16> = ["api", "issuer", "console", "registry", "storage"]
        .iter()
        .map(|part| line[part].as_str().unwrap().rsplit(':').next().unwrap().parse().unwrap())
        .collect();
    assert_eq!(ports, (base..base + 5).collect::<Vec<_>>());
    let second = program(&["--print-env", "--port-base", &base.to_string()]).output().unwrap();
    let message = String::from_utf8(second.stderr).unwrap();
    assert!(!second.status.success() && message.contains(&format!("127.0.0.1:{base}")), "{message}");
    drop(child.stdin.take());
    ends_well(child);
}

#[test]
fn flags_say_who_signs_in_and_which_ci_is_trusted() {
    let keys = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(keys.path(), Rsa::shared().jwks()).unwrap();
    let trust = format!("https://other.example.com={}", keys.path().display());
    let flags = ["--print-env", "--sign-in-as", "viewer", "--drop-redirect-parameters", "--cors"];
    let more = ["--ci-issuer", "https://ci.example.com", "--trust", &trust, "--device-interval", "1"];
    let mut child = program(&[&flags[..], &more].concat()).spawn().unwrap();
    let line = line(&mut child);
    let issuer = line["issuer"].as_str().unwrap();
    let parameters = [("exit", "redirect"), ("redirect", "http://localhost:1/callback?token=true&nonce=n")];
    let page = reqwest::Url::parse_with_params(&format!("{issuer}/oauth"), parameters).unwrap();
    let answer = send(http().get(page));
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    let back = answer.header("location").unwrap();
    assert!(back.starts_with("http://localhost:1/callback?token=ey") && !back.contains("nonce"), "{back}");
    let ask = json!({"issuer": "https://ci.example.com", "claims": {"sub": "job"}});
    assert_eq!(send(http().post(format!("{issuer}/__sim/ci_token")).json(&ask)).status, 200);
    let fields = [("client_id", "cli"), ("scope", "openid")];
    let code = send(http().post(format!("{issuer}/oauth/device/code")).form(&fields)).json();
    assert_eq!(code["interval"], 1);
    // Its signature is believed; nobody is registered with its subject.
    let token = Rsa::shared()
        .sign(&json!({"iss": "https://other.example.com", "sub": "x", "aud": "127.0.0.1", "exp": u32::MAX}));
    let answer = send(http().post(format!("{issuer}/sts/exchange")).bearer_auth(token).form(&[("aud", "x")]));
    assert!(answer.body.contains("nobody is registered"), "{}", answer.body);
    assert!(line["identityProvider"].as_str().unwrap().starts_with(line["organization"]["id"].as_str().unwrap()));
    drop(child.stdin.take());
    ends_well(child);
}

#[test]
fn wrong_flags_are_explained() {
    for (arguments, expected) in [
        (&["--print-env", "--max-ttl", "soon"][..], "168h"),
        (&["--print-env", "--port-base", "0"], "port-base"),
        (&["--print-env", "--nonsense"], "--nonsense"),
        (&[], "--print-env"),
        (&["--print-env", "--upstream-npm", "ftp://x"], "http"),
        (&["--print-env", "--sign-in-as", "stranger"], "newcomer"),
        (&["--print-env", "--sign-in-as", "owner", "--deny-sign-in"], "--deny-sign-in"),
        (&["--print-env", "--oidc", "http://idp.example.com"], "https"),
        (&["--print-env", "--oidc-client-id", "x"], "--oidc"),
        (&["--print-env", "--trust", "https://ci.example.com"], "ISSUER=FILE"),
    ] {
        let output = program(arguments).output().unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && message.contains(expected), "{arguments:?}: {message}");
    }
}
